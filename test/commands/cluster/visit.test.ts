import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { Entrance } from "../../../tools/cluster/address.ts";
import { keepForward, openUrl } from "../../../tools/commands/cluster/open-page.ts";
import { object } from "../../cluster/live.ts";
import { stage } from "./kubectl.ts";

const service = (type: string, status = {}) => object("Service", { type, ports: [{ port: 80 }] }, status);
const place = (of: ReturnType<typeof service>, nodePort?: number): Entrance => {
  return { service: of, port: 80, nodePort, secure: false };
};
const never = () => {
  throw new Error("it must not wait");
};

async function listening<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => socket.end());
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  const address = server.address();
  try {
    return await use(typeof address === "object" && address !== null ? address.port : 0);
  } finally {
    server.close();
  }
}

test("the address that answers is returned", async () => {
  const addresses = [
    { type: "InternalIP", address: "host.invalid" },
    { type: "InternalIP", address: "127.0.0.1" },
  ];
  const node = { kind: "Node", metadata: { name: "node-1" }, status: { addresses } };
  const { kubectl } = stage((words) => (words.startsWith("get nodes") ? JSON.stringify(node) : undefined));
  const connection = { kubectl, version: "1.36", namespace: "default", local: true };
  await listening(async (port) => {
    expect(await openUrl(place(service("NodePort"), port), connection, never)).toBe(`http://127.0.0.1:${port}/`);
  });
});

test("without a reachable address, it does not wait", async () => {
  const { kubectl } = stage(() => ({ fails: "forbidden" }));
  const connection = { kubectl, version: "1.36", namespace: "default", local: false };
  expect(await openUrl(place(service("ClusterIP")), connection, never)).toBeUndefined();
  expect(await openUrl(place(service("NodePort"), 30080), connection, never)).toBeUndefined();
});

test("a load balancer is waited for", async () => {
  await listening(async (port) => {
    const balanced = service("LoadBalancer", { loadBalancer: { ingress: [{ ip: "127.0.0.1" }] } });
    let polls = 0;
    const { kubectl } = stage((words) =>
      words.startsWith("get service/web") && ++polls > 1 ? JSON.stringify(balanced.object) : undefined,
    );
    const connection = { kubectl, version: "1.36", namespace: "default", local: false };
    let waits = 0;
    const url = await openUrl({ ...place(service("LoadBalancer")), port }, connection, () => waits++);
    expect([url, waits]).toEqual([`http://127.0.0.1:${port}/`, 1]);
  });
});

test("a dropped port-forward is restarted on its port, and one that never starts is reported", {
  timeout: 30_000,
}, async () => {
  const { kubectl, calls } = stage((words) =>
    words.endsWith(":80") && calls.length === 1 ? "Forwarding from 127.0.0.1:18123 -> 80\n" : { fails: "no pods\n" },
  );
  const urls: string[] = [];
  const kept = keepForward(place(service("ClusterIP")), kubectl, 18123, (url) => urls.push(url));
  await expect(kept).rejects.toThrow("port-forward to Service web does not stay open:\nno pods");
  expect(urls).toEqual(["http://localhost:18123/"]);
  expect(new Set(calls)).toEqual(new Set(["port-forward --namespace shop service/web 18123:80"]));
});
