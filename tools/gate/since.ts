import { relative, resolve } from "node:path";
import { append } from "../core/append.ts";
import type { Finding } from "../core/finding.ts";
import type { JsonObject } from "../core/json.ts";
import { readStdin } from "../parse/file.ts";
import type { Policy } from "../policy/define.ts";
import { type RenderedTarget, render } from "../render/render.ts";
import { rules } from "../rules/index.ts";
import type { PastJudged, PastTargets, Since } from "./base.ts";
import { since } from "./base.ts";
import { budgetOf } from "./deletions.ts";
import { bookOf, findingsOf } from "./findings.ts";
import { type BaseRequest, type Found, type GateInput, type Judging, ofRepository, waive } from "./gate.ts";
import { Judge, type Judged } from "./judge.ts";
import { Sources } from "./sources.ts";
import { tellApart } from "./tell-apart.ts";
import { addIssuesOfAll } from "./whole.ts";

/** Renders and judges targets beside what they are at the base, and tells what is new. */
export async function foundSince(input: GateInput, base: BaseRequest): Promise<Found> {
  const judging = await input.judging();
  const { judged, past } = await judgeAll(input, judging, base);
  const findings = await locateAll([...judged, ...goneOf(past)], input);
  append(findings, ofRepository(input.repository, input));
  return {
    ...toldApart(findings, past, judging.policies, input),
    targets: judged.map((one) => ({ ...one, cached: false })),
    crashed: judged.some(({ issues }) => issues.some(({ crash }) => crash)),
    unknown: past.unknown,
  };
}

async function judgeAll(input: GateInput, judging: Judging, base: BaseRequest) {
  const { cwd, kustomize, jobs } = input;
  const judge = judgeFor(input, judging);
  const judged = new Map<string, Judged>();
  const held: RenderedTarget[] = [];
  for await (const rendered of render(input.targets, { cwd, kustomize, jobs })) {
    judged.set(rendered.target.path, await judge.judge(rendered));
    held.push(rendered);
    input.progress(judged.size, rendered.target);
  }
  const all = input.targets.map(({ path }) => judged.get(path)).filter((one) => one !== undefined);
  await finish(judge, all, judging, input);
  return { judged: all, past: await compared(held, judged, base, input, judging) };
}

/** Settles what waits for other targets, and adds what they mean to each other. */
async function finish(
  judge: Judge,
  all: readonly Judged[],
  judging: Judging,
  input: GateInput,
  exported?: PastTargets["place"],
): Promise<void> {
  const crds = all.flatMap((one) => one.crds);
  for (const one of all) if (one.waiting.length > 0) await judge.finish(one, crds);
  await addIssuesOfAll(all, judging, input, exported);
}

/** Compares with the base, and adds what is wrong with the way from there. */
async function compared(
  rendered: readonly RenderedTarget[],
  judged: ReadonlyMap<string, Judged>,
  base: BaseRequest,
  input: GateInput,
  judging: Judging,
): Promise<Since> {
  const found = await since(rendered, {
    ...input,
    ...base,
    kustomize: base.kustomize ?? input.kustomize,
    isOther: base.kustomize !== undefined && base.kustomize.version !== input.kustomize?.version,
    budget: budgetOf(input, base.maxDeletions),
    judge: (past) => judgePast(past, input, judging),
    waivers: base.isWaivedAlike ? input.waivers : undefined,
  });
  for (const [path, some] of found.issues) append(judged.get(path)?.issues ?? [], some);
  return found;
}

/** By the same rules, in another folder. */
async function judgePast(
  { changed, unchanged, place, definitions }: PastTargets,
  input: GateInput,
  judging: Judging,
): Promise<PastJudged> {
  if (changed.length === 0) return { changed: [], unchanged: [] };
  const root = resolve(place.cwd, relative(input.cwd, input.config.root));
  const here = { root: input.config.root, cwd: input.cwd };
  const there = { ...input, cwd: place.cwd, config: { ...input.config, root } };
  const judge = judgeFor(there, judging, definitions, place);
  const judged: Judged[] = [];
  for (const one of changed) judged.push(await judge.judge(one));
  const known = unchanged.map((one) => judge.know(one, here));
  await finish(judge, [...judged, ...known], judging, there, place);
  return { changed: judged, unchanged: known };
}

/** Targets that are no more, where there is something to say of that. */
function goneOf({ gone, issues }: Since): Pick<Judged, "target" | "issues">[] {
  return gone.map((target) => ({ target, issues: [...(issues.get(target.path) ?? [])] }));
}

/** What was found with what is waived, and what of it is new. */
function toldApart(findings: readonly Finding[], past: Since, policies: readonly Policy[], input: GateInput) {
  const again = past.judged.flatMap((one) => findingsOf(one, [], bookOf(one.target, input)));
  // What one target means to another may have changed without any of its own files.
  const isOfAll = (rule: string) => past.judged.length > 0 && ofRepositories(policies).has(rule);
  const same = findings.filter(({ target, rule }) => past.unchanged.has(target) && !isOfAll(rule));
  const before = waive([...same, ...again], past.waivers ?? input.waivers, input, past);
  return tellApart(waive(findings, input.waivers, input, past), before);
}

/** Rules that hold targets against each other. */
function ofRepositories(policies: readonly Policy[]): ReadonlySet<string> {
  const all = [...rules, ...policies].filter(({ checkRepository }) => checkRepository !== undefined);
  return new Set(all.map(({ id }) => id));
}

function judgeFor(
  { config, versions, levelOf, cwd, renderers }: GateInput,
  judging: Judging,
  crds: readonly JsonObject[] = [],
  exported?: PastTargets["place"],
): Judge {
  return new Judge({
    versions,
    ...judging,
    levelOf,
    cluster: config.cluster ?? [],
    crds: [...judging.crds, ...crds],
    allowUnknownKinds: config.allowUnknownKinds ?? [],
    root: config.root,
    cwd,
    others: renderers,
    scopes: config.scopes ?? [],
    exported,
  });
}

/** A clean run needs none of what follows values back to their lines. */
async function locateAll(judged: readonly Pick<Judged, "target" | "issues">[], gate: GateInput): Promise<Finding[]> {
  const faulty = judged.filter(({ issues }) => issues.length > 0);
  if (faulty.length === 0) return [];
  const input = gate.targets.some(({ kind }) => kind === "stdin") ? await readStdin() : undefined;
  const sources = new Sources(gate.cwd, input && "text" in input ? input.text : undefined);
  const findings: Finding[] = [];
  for (const one of faulty) append(findings, findingsOf(one, await sources.locate(one), bookOf(one.target, gate)));
  return findings;
}
