import { isIP } from "node:net";
import { parseArgs } from "node:util";

/** The parsed command line: arguments for gcloud, or a request for the help text. */
export interface Request {
  readonly help: boolean;
  readonly dryRun: boolean;
  /** Without the leading `gcloud`. Every argument is validated and needs no quotes in a shell. */
  readonly args: readonly string[];
}

/** A mistake on the command line, in one sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

const options = {
  name: { type: "string" },
  project: { type: "string" },
  "source-ranges": { type: "string" },
  "target-tags": { type: "string" },
  "dry-run": { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = Partial<Record<"name" | "project" | "source-ranges" | "target-tags", string>>;

/** The options of each command, besides --project, --dry-run and --help. */
const optionsOf: Readonly<Record<string, readonly string[]>> = {
  list: [],
  create: ["name", "source-ranges", "target-tags"],
  delete: ["name"],
};

/**
 * Reads the command line.
 *
 * @throws UsageError if Google would not accept a command, an option or a value.
 */
export function parseRequest(argv: readonly string[]): Request {
  const { values, positionals } = parse(argv);
  const dryRun = values["dry-run"] ?? false;
  if (values.help) return { help: true, dryRun, args: [] };
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError("name a command: list, create or delete");
  if (rest.length > 0) throw new UsageError(`only one command at a time, unexpected "${rest[0]}"`);
  const allowed = Object.hasOwn(optionsOf, command) ? optionsOf[command] : undefined;
  if (!allowed) throw new UsageError(`unknown command "${command}", use list, create or delete`);
  for (const option of ["name", "source-ranges", "target-tags"] as const) {
    if (values[option] !== undefined && !allowed.includes(option)) {
      throw new UsageError(`--${option} does not apply to ${command}`);
    }
  }
  return { help: false, dryRun, args: gcloudArguments(command, values) };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true });
  } catch (error) {
    // Node's first sentence is enough; the others are about its own conventions.
    throw new UsageError(error instanceof Error ? (error.message.split(". ")[0] ?? "") : String(error));
  }
}

function gcloudArguments(command: string, values: Values): string[] {
  const project = values.project === undefined ? [] : [`--project=${checkedProject(values.project)}`];
  if (command === "list") return ["compute", "forwarding-rules", "list", ...project];
  const name = checkedName("--name", values.name ?? "kubernetes-node-80");
  if (command === "delete") return ["compute", "firewall-rules", "delete", ...project, name];
  const tags = checkedList("--target-tags", values["target-tags"] ?? "kubernetes-node", checkedName);
  const sources = values["source-ranges"];
  const limit =
    sources === undefined ? [] : [`--source-ranges=${checkedList("--source-ranges", sources, checkedRange)}`];
  return [
    ...["compute", "firewall-rules", "create", "--allow=tcp:80", `--target-tags=${tags}`],
    ...limit,
    ...project,
    name,
  ];
}

function checkedList(option: string, list: string, check: (option: string, item: string) => string): string {
  return list
    .split(",")
    .map((item) => check(option, item.trim()))
    .join(",");
}

function checkedName(option: string, name: string): string {
  if (/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name;
  throw new UsageError(
    `${option}: "${name}" is not a valid name: use a lowercase letter, then up to 62 lowercase letters, digits and dashes`,
  );
}

function checkedProject(project: string): string {
  if (/^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(project)) return project;
  throw new UsageError(
    `--project: "${project}" is not a valid project ID: use 6 to 30 lowercase letters, digits and dashes`,
  );
}

function checkedRange(option: string, range: string): string {
  const [address = "", prefix = "", ...rest] = range.split("/");
  // isIP also accepts zones: fe80::1%eth0.
  const bits = address.includes("%") ? -1 : ({ 4: 32, 6: 128 }[isIP(address)] ?? -1);
  if (rest.length === 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bits) return range;
  throw new UsageError(`${option}: "${range}" is not a CIDR range such as 203.0.113.0/24`);
}
