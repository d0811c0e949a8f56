import { nearest } from "../core/nearest.ts";
import type { Fault } from "./fault.ts";

/** The text between `{{` and `}}`, without its strings, and the number of characters before it. */
export interface Action {
  readonly text: string;
  readonly offset: number;
}

/** https://pkg.go.dev/text/template#hdr-Functions, and its keywords. */
const builtIn =
  "and block break call continue define else end eq false ge gt html if index js le len lt ne nil not or print printf println " +
  "range slice template true urlquery with";
const builtIns = builtIn.split(" ");

/** The actions of a Go template, or what is wrong with the first one that does not end. */
export function actionsIn(text: string): Action[] | Fault {
  const actions: Action[] = [];
  for (let start = text.indexOf("{{"); start >= 0; ) {
    const rest = text.slice(start + 2);
    const [inner = ""] =
      /^-?\s*\/\*[\s\S]*?\*\/|^(?:"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|[^{}"'`])*/.exec(rest) ?? [];
    const after = rest.slice(inner.length).trimStart();
    if (!after.replace(/^-/, "").startsWith("}}"))
      return {
        message: "a template does not end, or has stray quotes or brackets",
        offset: start,
        help: "Close it with }}.",
      };
    actions.push({
      text: inner.replaceAll(/"(?:\\.|[^"\\\n])*"|`[^`]*`|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?\*\//g, '""'),
      offset: start,
    });
    start = text.indexOf("{{", start + 2 + inner.length);
  }
  return actions;
}

/** What is certainly wrong with a Go template: an action or a block that does not end, or a misspelt function. */
export function templateFault(text: string, functions: readonly string[]): Fault | undefined {
  const actions = actionsIn(text);
  if (!Array.isArray(actions)) return actions;
  const open: Action[] = [];
  for (const action of actions) {
    const [word = ""] = /^-?\s*(\w+)?/.exec(action.text)?.slice(1) ?? [];
    if (["if", "range", "with", "define", "block"].includes(word)) open.push(action);
    if (word === "end" && open.pop() === undefined) return { message: "{{ end }} ends nothing", offset: action.offset };
    const names = [...action.text.matchAll(/(?<![\w.$])[A-Za-z_]\w*/g)].map(([name]) => name);
    const unknown = names.find((name) => !builtIns.includes(name) && !functions.includes(name));
    const meant = unknown && nearest(unknown, functions);
    if (meant)
      return {
        message: `${unknown} is no function of templates`,
        offset: action.offset,
        help: `Did you mean ${meant}?`,
      };
  }
  const [first] = open;
  return first && { message: `{{${first.text.trimEnd()} }} has no {{ end }}`, offset: first.offset };
}
