import type { RuleInfo } from "../core/rule.ts";
import type { FieldDoc } from "./field.ts";
import type { Node } from "./node.ts";

const width = 100;

/** The output of `explain` for a rule. */
export function ruleText({ id, severity, profile, why, fix }: RuleInfo): string {
  const level = profile === undefined ? severity : `${severity}, in profile ${profile}`;
  return `${[`${id} (${level})`, wrap(`Why: ${why}`), wrap(`Fix: ${fix}`)].join("\n\n")}\n`;
}

/** The output of `explain` for a field. */
export function fieldText({ apiVersion, path, node, note, others }: FieldDoc): string {
  const more = others.map((other) => `Also in ${other}: gitops explain ${other}/${path}`);
  const blocks = [
    `${path}: ${node.type} (${apiVersion})`,
    wrap([notes(hasValues(node) ? { ...node, values: [] } : node), note].filter(Boolean).join(". ")),
    wrap(node.doc),
    table(node.fields()),
    more.join("\n"),
  ];
  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

/** Whether the documentation already lists and explains the values. */
function hasValues({ doc }: Node): boolean {
  return doc.includes("Possible enum values:");
}

function table(fields: ReadonlyMap<string, Node>): string {
  if (fields.size === 0) return "";
  const rows = [...fields];
  const names = Math.max(...rows.map(([name]) => name.length));
  const types = Math.max(...rows.map(([, { type }]) => type.length));
  const lines = rows.map(([name, node]) =>
    `  ${name.padEnd(names)}  ${node.type.padEnd(types)}  ${notes(node)}`.trimEnd(),
  );
  return ["Fields:", ...lines].join("\n");
}

function notes({ required, values, versions }: Node): string {
  const parts = [required && "required", versions && `Kubernetes ${versions}`, values.length > 0 && values.join(" | ")];
  return parts.filter(Boolean).join("; ");
}

/** Wraps lines between words; the continuation lines of a list item are indented to its text. */
export function wrap(text: string): string {
  return text.split("\n").map(wrapLine).join("\n");
}

function wrapLine(line: string): string {
  const indent = /^ *(?:[-*] )?/.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = indent;
  for (const word of line.slice(indent.length).split(/ +/)) {
    const isFirst = current.trim() === indent.trim();
    if (!isFirst && current.length + 1 + word.length > width) {
      lines.push(current);
      current = " ".repeat(indent.length) + word;
    } else current += isFirst ? word : ` ${word}`;
  }
  return [...lines, current].join("\n").trimEnd();
}
