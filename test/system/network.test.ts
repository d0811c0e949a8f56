import { createServer } from "node:net";
import { expect, test } from "vitest";
import { answers, isFree } from "../../tools/system/network.ts";

test("a port is free, or a server answers", async () => {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  expect([await answers("127.0.0.1", port, 5000), await isFree(port)]).toEqual([true, false]);
  await new Promise((settle) => server.close(settle));
  expect([await answers("127.0.0.1", port, 5000), await isFree(port)]).toEqual([false, true]);
});

test("a host that does not exist does not answer", async () => {
  expect(await answers("host.invalid", 80, 5000)).toBe(false);
});
