import type { TargetContext } from "../../policy/define.ts";
import type { Link } from "../link.ts";
import { calls } from "./calls.ts";
import { control } from "./control.ts";
import { makes } from "./makes.ts";
import { needs } from "./needs.ts";
import { traffic } from "./traffic.ts";

/** What reads links out of a target. One that knows another sort is a file beside these, and a name here. */
const readers: readonly ((context: TargetContext) => Iterable<Link>)[] = [traffic, calls, needs, control];

/** Everything that leads somewhere in a target. */
export function linksIn(context: TargetContext): Link[] {
  const links = readers.flatMap((read) => [...read(context)]);
  return [...links, ...makes(links, context)];
}
