// Prints the milliseconds that all rules take for the resources of a file, or that parsing it takes: FILE rules|parse.
import { join } from "node:path";
import { load } from "../bundle.mjs";

const { ruleCost } = await load(join(import.meta.dirname, "rules.ts"));
const [file, part] = process.argv.slice(2);
console.log((await ruleCost(file))[part]);
