import fs from "node:fs";
import Module, { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { cachedDataVersionTag } from "node:v8";
import { Script } from "node:vm";
import { crc32 } from "node:zlib";
import { quietly, writeStored } from "./store.ts";

/** What Node calls for every CommonJS module; packages that transform modules replace it too. */
type Loading = { _compile(this: NodeJS.Module, source: string, path: string): unknown };

const checksumSize = 4;

const { enableCompileCache } = Module as { enableCompileCache?: (folder: string) => unknown };
const loading = Module.prototype as unknown as Loading;

/**
 * Caches the compiled code of the program in a folder, so that V8 does not compile it again at each start: a check starts a
 * quarter earlier. From 22.1 on, Node does it
 * (https://nodejs.org/api/module.html#moduleenablecompilecachecachedir).
 */
export function cacheCompiledCode(folder: string): void {
  if (enableCompileCache) enableCompileCache(folder);
  else cacheScripts(folder);
}

/**
 * The same with `vm.Script` (https://nodejs.org/api/vm.html#scriptcreatecacheddata). V8 compares the length of the source, not
 * its content, so only chunks are cached, which have a hash in their names. V8 refuses code that was compiled with other flags.
 */
function cacheScripts(folder: string): void {
  const tag = versionTag();
  const compiled = new Map<string, Script>();
  const compileAsUsual = loading._compile;
  loading._compile = function (source, path) {
    if (!isCacheable(source, path)) return compileAsUsual.call(this, source, path);
    const stored = join(folder, tag, `${basename(path)}.bin`);
    const cachedData = read(stored);
    const script = new Script(Module.wrap(source), { filename: path, cachedData });
    if (cachedData === undefined || script.cachedDataRejected) compiled.set(stored, script);
    return script.runInThisContext()(this.exports, createRequire(path), this, path, dirname(path));
  };
  // At the exit, the code also contains the functions that were compiled when they were first called.
  process.on("exit", () => {
    if (tag !== versionTag()) return;
    for (const [stored, script] of compiled) write(stored, script.createCachedData());
  });
}

/** Whether a file is a chunk of this program; policies can be CommonJS too. A `vm.Script` cannot import ES modules. */
function isCacheable(source: string, path: string): boolean {
  return dirname(path) === import.meta.dirname && !source.includes(" import(");
}

/** The stored code, if its checksum is right: V8 does not notice all damage, and crashes. */
function read(path: string): Buffer | undefined {
  const file = quietly(() => fs.readFileSync(path));
  if (file === null || file.length < checksumSize) return undefined;
  const data = file.subarray(0, -checksumSize);
  return crc32(data) === file.readUInt32LE(data.length) ? data : undefined;
}

/** Without the right to write, as in a folder of another user, the program compiles at each start. */
function write(path: string, data: Buffer): void {
  const checksum = Buffer.alloc(checksumSize);
  checksum.writeUInt32LE(crc32(data));
  writeStored(path, Buffer.concat([data, checksum]));
}

/** V8's own tag is the same for versions of Node whose compiled code differs. */
function versionTag(): string {
  return `${process.version}-${process.arch}-${cachedDataVersionTag().toString(16)}`;
}
