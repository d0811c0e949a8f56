import type { TargetContext } from "../../policy/define.ts";
import type { Link } from "../link.ts";
import { calls } from "./calls.ts";
import { control } from "./control.ts";
import { makes } from "./makes.ts";
import { needs } from "./needs.ts";
import { traffic } from "./traffic.ts";

/** The readers of links. To add one, create a file here and add its name. */
const readers: readonly ((context: TargetContext) => Iterable<Link>)[] = [traffic, calls, needs, control];

/** All links of a target. */
export function linksIn(context: TargetContext): Link[] {
  const links = readers.flatMap((read) => [...read(context)]);
  return [...links, ...makes(links, context)];
}
