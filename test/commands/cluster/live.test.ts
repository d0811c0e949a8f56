import { expect, test } from "vitest";
import { liveLines } from "../../../tools/commands/cluster/live.ts";
import type { Io } from "../../../tools/commands/command.ts";

/** The standard error of showing two pictures. */
function written(progress: boolean, rows = 24): string {
  let text = "";
  const err = (more: string) => {
    text += more;
  };
  const nothing = () => {};
  const io: Io = {
    out: nothing,
    err,
    env: {},
    colours: false,
    progress,
    size: () => ({ columns: 10, rows }),
    ask: async () => undefined,
    whenInterrupted: nothing,
  };
  const live = liveLines(io);
  live.show([
    { key: "a", text: "web 0/1 and more" },
    { key: "b", text: "pod" },
    { key: "c", text: "end" },
  ]);
  live.show([
    { key: "a", text: "web, worded differently" },
    { key: "d", text: "web 1/1" },
  ]);
  live.end();
  return text;
}

test("a terminal shows only the latest picture, with lines cut to its width", () => {
  expect(written(true)).toBe("web 0/1 …\npod\nend\n\u001b[3A\u001b[Jweb, wor…\nweb 1/1\n\u001b[2A\u001b[J");
});

test("a low terminal shows only the lines that fit", () => {
  expect(written(true, 4)).toBe("web 0/1 …\n… 2 more\n\u001b[2A\u001b[Jweb, wor…\nweb 1/1\n\u001b[2A\u001b[J");
});

test("other outputs get only new lines", () => {
  expect(written(false)).toBe("web 0/1 and more\npod\nend\nweb 1/1\n");
});
