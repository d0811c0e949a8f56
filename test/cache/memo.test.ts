import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { Memo } from "../../tools/cache/memo.ts";
import { aspects } from "../../tools/system/observe.ts";
import { temporaryFolder, tick } from "../run.ts";

const whole = aspects.kind | aspects.place | aspects.content;

/** A memory with parts of eight outcomes. Each outcome is the content of two files. */
function setting() {
  const [files, folder] = [temporaryFolder(), temporaryFolder()];
  const memory = join(folder, `${"m".repeat(22)}.json`);
  const path = (name: number) => join(files, String(name));
  const text = (name: number) => (existsSync(path(name)) ? readFileSync(path(name), "utf8") : "none");
  const both = (name: number) => `${text(name)} ${text(0)}`;
  return {
    folder,
    /** Writes a file with times old enough to be trusted. */
    write(name: number, content: string) {
      writeFileSync(path(name), content);
      utimesSync(path(name), 1, 1);
    },
    remove: (name: number) => rmSync(path(name), { force: true }),
    both,
    path,
    open: () => new Memo(memory, 8),
    /** The outcomes that a run knows; it stores the others. */
    run(names: readonly number[], most = 1000) {
      const memo = new Memo(memory, 8);
      const known = names.map((name) => {
        const value = memo.get(`outcome ${name}`);
        if (value !== undefined) return value;
        const recording = memo.recording();
        recording.see(path(name), whole);
        recording.see(path(0), whole);
        memo.put(`outcome ${name}`, recording, both(name));
        return undefined;
      });
      memo.save(most);
      return known;
    },
    parts: () => readdirSync(folder).filter((name) => name.includes(".json.")),
  };
}

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

/** A memory of a hundred outcomes. */
async function filled() {
  const made = setting();
  for (const name of upTo(100)) made.write(name, `text ${name}`);
  await tick();
  made.run(upTo(100));
  return made;
}

it("is one file while it is small, then several parts, then one file again", async () => {
  const { run, parts, open, write, both } = setting();
  for (const name of upTo(100)) write(name, `text ${name}`);
  await tick();
  run(upTo(10));
  expect(parts()).toEqual([]);
  run(upTo(100));
  expect(parts().length).toBeGreaterThan(4);
  expect(open().size).toBe(100);
  expect(run(upTo(100))).toEqual(upTo(100).map(both));
  write(5, "another text");
  run(upTo(5), 5);
  expect(open().size).toBe(5);
  expect(parts()).toEqual([]);
  expect(run(upTo(5))).toEqual(upTo(5).map(both));
});

it("writes only the parts with a change", async () => {
  const { run, parts, write, both } = await filled();
  const before = parts();
  write(7, "another text");
  await tick();
  expect(run(upTo(100)).filter((value) => value === undefined)).toHaveLength(1);
  expect(parts()).toHaveLength(before.length);
  expect(parts().filter((name) => !before.includes(name))).toHaveLength(1);
  expect(run(upTo(100))).toEqual(upTo(100).map(both));
});

it("knows the files of a rewritten part by their times", async () => {
  const { run, open, write, both } = await filled();
  write(7, "another text");
  await tick();
  run(upTo(101));
  const memo = open();
  expect(upTo(101).map((name) => memo.get(`outcome ${name}`))).toEqual(upTo(101).map(both));
  expect([...memo.snapshot.read]).toEqual([]);
});

it("loses only the parts that are damaged or missing", async () => {
  const { run, parts, folder, both } = await filled();
  const [first = "", second = ""] = parts();
  rmSync(join(folder, first));
  writeFileSync(join(folder, second), readFileSync(join(folder, second), "utf8").replace("text", "txet"));
  const known = run(upTo(100));
  expect(known.filter((value) => value === undefined).length).toBeLessThan(40);
  expect(known.filter((value) => value !== undefined).length).toBeGreaterThan(60);
  expect(run(upTo(100))).toEqual(upTo(100).map(both));
});

it("reads only the parts that are needed", async () => {
  const { run, parts, folder } = await filled();
  for (const name of parts()) utimesSync(join(folder, name), 1, 1);
  run([3]);
  expect(parts().filter((name) => statSync(join(folder, name)).mtimeMs > 1000)).toHaveLength(1);
});

it("keeps what concurrent runs have written", async () => {
  const { open, both } = await filled();
  const [one, other] = [open(), open()];
  for (const [memo, name] of [
    [one, 3],
    [other, 4],
  ] as const) {
    memo.put(`another ${name}`, memo.recording(), both(name));
    memo.save(1000);
  }
  expect([open().get("another 3"), open().get("another 4")]).toEqual([both(3), both(4)]);
});

it("has a separate part for an outcome with many dependencies, and rewrites only that part when one changes", async () => {
  const { folder, run, parts, open, write, path } = await filled();
  const many = upTo(20).map((name) => 200 + name);
  for (const name of many) write(name, "of many");
  await tick();
  const remember = () => {
    const memo = open();
    const known = memo.get("outcome 5 of many");
    const recording = memo.recording();
    for (const name of many) recording.see(path(name), whole);
    if (known === undefined) memo.put("outcome 5 of many", recording, "many");
    memo.save(1000);
    return known;
  };
  remember();
  run(upTo(100));
  const before = parts();
  expect([remember(), run([4, 5, 6]).includes(undefined)]).toEqual(["many", false]);
  expect(parts()).toEqual(before);
  write(210, "another text");
  await tick();
  expect([remember(), remember()]).toEqual([undefined, "many"]);
  const [gone, come] = [
    before.filter((name) => !parts().includes(name)),
    parts().filter((name) => !before.includes(name)),
  ];
  expect([gone.length, come.length]).toEqual([1, 1]);
  const text = readFileSync(join(folder, come[0] ?? ""), "utf8");
  expect([...text.matchAll(/"(outcome [^"]+)":/g)].map(([, key]) => key)).toEqual(["outcome 5 of many"]);
});

it("knows a missing file by its folder, until it exists", async () => {
  const { run, write, remove, both } = setting();
  write(1, "text 1");
  await tick();
  const names = [1, 2, 3];
  run(names);
  const expectKnown = (...now: number[]) =>
    expect(run(names)).toEqual(names.map((one) => (now.includes(one) ? both(one) : undefined)));
  expectKnown(1, 2, 3);
  write(2, "text 2");
  expectKnown(1, 3);
  await tick();
  expectKnown(1, 2, 3);
  write(3, "text 3");
  remove(3);
  expectKnown(1, 2, 3);
  write(3, "text 3");
  expectKnown(1, 2);
  remove(1);
  await tick();
  expectKnown(2, 3);
  write(1, "text 1");
  expectKnown(2, 3);
});

it("knows a dangling symlink until its target exists, although the names in its folder stay the same", async () => {
  const { open, path, write } = setting();
  const outside = temporaryFolder();
  write(0, "text");
  symlinkSync(join(outside, "file"), path(1));
  await tick();
  const memo = open();
  const recording = memo.recording();
  recording.see(dirname(path(1)), aspects.kind | aspects.entries);
  recording.see(path(1), aspects.kind);
  memo.put("link", recording, "leads nowhere");
  memo.save(10);
  expect(open().get("link")).toBe("leads nowhere");
  writeFileSync(join(outside, "file"), "");
  expect(open().get("link")).toBeUndefined();
});

it("knows what a dangling symlink contains", async () => {
  const { open, path, write } = setting();
  write(0, "text");
  symlinkSync("gone", path(1));
  await tick();
  const memo = open();
  const recording = memo.recording();
  recording.see(path(1), whole);
  memo.put("link", recording, "leads to gone");
  memo.save(10);
  expect(open().get("link")).toBe("leads to gone");
  rmSync(path(1));
  expect(open().get("link")).toBeUndefined();
  symlinkSync("elsewhere", path(1));
  expect(open().get("link")).toBeUndefined();
});

it("does not treat a file as missing that was created during the run", async () => {
  const { open, write, path } = setting();
  await tick();
  const memo = open();
  const recording = memo.recording();
  recording.see(path(1), whole);
  memo.put("missing", recording, true);
  write(1, "text");
  await tick();
  memo.save(10);
  expect(open().get("missing")).toBeUndefined();
});

type Step = {
  readonly write?: number;
  readonly remove?: number;
  readonly run?: readonly number[];
  readonly most: number;
};

const name = fc.integer({ min: 0, max: 40 });
const step: fc.Arbitrary<Step> = fc.record({
  write: fc.option(name, { nil: undefined }),
  remove: fc.option(name, { nil: undefined }),
  run: fc.option(fc.uniqueArray(name), { nil: undefined }),
  most: fc.constantFrom(3, 30, 1000),
}) as fc.Arbitrary<Step>;

it("never returns a stale outcome, whatever was written, removed and stored before, in whatever parts", () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const { run, write, remove, both } = setting();
      let count = 0;
      for (const { write: written, remove: removed, run: names, most } of steps) {
        if (written !== undefined) write(written, `${count++}`.padStart(4));
        if (removed !== undefined) remove(removed);
        const known = run(names ?? [], most);
        for (const [index, value] of known.entries())
          if (value !== undefined) expect(value).toBe(both(names?.[index] ?? 0));
      }
    }),
    { numRuns: 60 },
  );
});
