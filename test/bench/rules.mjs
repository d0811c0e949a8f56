// Prints the milliseconds that all rules take over the resources of a file, or reading them: FILE rules|parse.
import { join } from "node:path";
import { load } from "../bundle.mjs";

const { ruleCost } = await load(join(import.meta.dirname, "rules.ts"));
const [file, part] = process.argv.slice(2);
console.log((await ruleCost(file))[part]);
