import { type Resource, resourceOf, type Target } from "../core/resource.ts";
import { Positions } from "../parse/position.ts";
import type { Policy } from "../policy/define.ts";
import { evaluate, type PolicyProblem } from "../policy/evaluate.ts";
import { matchesResource, matchesTarget } from "../policy/match.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { Fixture, RepositoryFixture } from "./fixtures.ts";
import { grafts, type Mutant, mutants, mutated } from "./mutate.ts";
import { judgeRepository, needsRepository, type Said } from "./repositories.ts";

/** What became of one policy on its fixtures: nothing is wrong when `failures` is empty. */
export interface Trial {
  readonly policy: string;
  readonly fixtures: number;
  readonly mutants: number;
  readonly failures: readonly string[];
}

/** What policies are given beside the manifests. */
export type Surroundings = Omit<Parameters<typeof evaluate>[1], "target" | "resources">;

/** All that is to hold a policy to. */
export interface Fixtures {
  readonly manifests: readonly Fixture[];
  readonly repositories: readonly RepositoryFixture[];
  /** What renders the repositories. */
  readonly kustomize?: Kustomize | undefined;
}

/**
 * Tries a policy on its fixtures: it finds nothing in those that pass, and something in those that fail, on the marked lines
 * where lines are marked; it is about at least one resource of each.
 *
 * @param mutate whether it must also notice each change of passing manifests that breaks what it demands; repositories are
 * not changed
 */
export async function tried(
  policy: Policy,
  { manifests, repositories, kustomize }: Fixtures,
  around: Surroundings,
  mutate: boolean,
): Promise<Trial> {
  const failures: string[] = [];
  const all = [...manifests, ...repositories];
  for (const expects of ["pass", "fail"] as const) {
    if (all.some((fixture) => fixture.expects === expects)) continue;
    const name = `${expects}${needsRepository(policy) ? "/, a folder of files" : ".yaml"}`;
    failures.push(`no fixture that ${expects === "pass" ? "passes" : "fails"}: fixtures/${policy.id}/${name}`);
  }
  for (const fixture of manifests) failures.push(...(await judged(policy, fixture, around)));
  for (const { folder, ...fixture } of repositories) {
    const { found, problems } = await judgeRepository(policy, folder, around, kustomize);
    failures.push(
      ...(problems.length > 0
        ? problems.map((problem) => `${fixture.path}: ${problem}`)
        : compared(
            { ...fixture, marked: fixture.marked.map((at) => `${fixture.path}/${at}`) },
            inside(fixture, found),
          )),
    );
  }
  const isChanged = mutate && failures.length === 0 && manifests.length > 0;
  const changed = isChanged ? await survivors(policy, manifests, around) : { count: 0, alive: [] };
  return {
    policy: policy.id,
    fixtures: all.length,
    mutants: changed.count,
    failures: [...failures, ...changed.alive],
  };
}

async function judged(policy: Policy, fixture: Fixture, around: Surroundings): Promise<string[]> {
  const { path, problems, resources } = fixture;
  if (needsRepository(policy))
    return [`${path}: the policy is about more than manifests: make it a folder of files, pass/ or fail/`];
  if (problems.length > 0) return problems.map((problem) => `${path}: ${problem}`);
  if (!isAbout(policy, fixture)) return [`${path}: the policy is about none of its resources`];
  const { found, crash } = await findings(policy, resources, fixture, around);
  if (crash !== undefined) return [`${path}: the policy threw: ${crash}`];
  const lines = linesOf(found, fixture.text);
  return compared(
    { ...fixture, marked: fixture.marked.map((line) => `${path}:${line}`) },
    found.map(({ message }, index) => ({ at: `${path}:${lines[index] ?? 1}`, message })),
  );
}

function inside({ path }: Pick<Fixture, "path">, found: Said["found"]): Said["found"] {
  return found.map(({ at, message }) => ({ at: `${path}/${at}`, message }));
}

/** What of that which was found is not as it should be; marked are the places where something must be, and nowhere else. */
function compared(
  { path, expects, marked }: Pick<Fixture, "path" | "expects"> & { readonly marked: readonly string[] },
  found: Said["found"],
): string[] {
  const told = ({ at, message }: Said["found"][number]) => `${at}: ${message}`;
  if (expects === "pass") return found.map((one) => `${told(one)} (it should pass)`);
  if (found.length === 0) return [`${path}: nothing was found, and something should be`];
  if (marked.length === 0) return [];
  const missed = marked.filter((place) => !found.some(({ at }) => at === place));
  return [
    ...missed.map((place) => `${place}: nothing was found on this line`),
    ...found.filter(({ at }) => !marked.includes(at)).map((one) => `${told(one)} (not marked)`),
  ];
}

function isAbout({ match, checkTarget }: Policy, { target, resources }: Fixture): boolean {
  if (!matchesTarget(match, targetOf(target))) return false;
  return checkTarget !== undefined || resources.some((resource) => matchesResource(match, resource));
}

function targetOf(path: string): Target {
  return { path, kind: "manifests" };
}

async function findings(policy: Policy, resources: readonly Resource[], fixture: Fixture, around: Surroundings) {
  const { problems, crashes } = await evaluate([policy], { ...around, target: targetOf(fixture.target), resources });
  const found = problems.filter(({ excepted }) => excepted === undefined);
  return { found, crash: crashes[0]?.message };
}

/** Of what is about the target as a whole, the first line. */
function linesOf(found: readonly PolicyProblem[], text: string): number[] {
  const positions = new Positions(text);
  return found.map(({ of, pointer }) => {
    const { document, pointer: within } = of?.source ?? { document: 0, pointer: "" };
    return positions.at(document, of ? within + pointer : "")?.line ?? 1;
  });
}

/** The mutants of what passes that the policy does not notice. */
async function survivors(policy: Policy, fixtures: readonly Fixture[], around: Surroundings) {
  const failing = fixtures.filter(({ expects }) => expects === "fail");
  const alive: string[] = [];
  let count = 0;
  const isNoticed = async ({ resources }: Variant, fixture: Fixture) => {
    const { found, crash } = await findings(policy, resources, fixture, around);
    return found.length > 0 || crash !== undefined;
  };
  const passing = fixtures.filter(({ expects }) => expects === "pass");
  for (const fixture of passing) {
    for (const variant of await variants(policy, fixture, failing, around)) {
      count++;
      if (!(await isNoticed(variant, fixture))) alive.push(`${fixture.path}: ${variant.how}: not noticed`);
    }
  }
  if (count > 0) return { count, alive };
  // The mistake is in what is around the resource that is judged: which of the differences it is, nobody says.
  for (const fixture of passing) {
    for (const variant of failing.flatMap((other) => differences(fixture.resources, other))) {
      if (await isNoticed(variant, fixture)) count++;
    }
  }
  if (count === 0) alive.push("no change of a passing fixture could be made that it notices");
  return { count, alive };
}

interface Variant {
  readonly how: string;
  readonly resources: readonly Resource[];
}

/** A passing fixture with one change each: by the policy's schemas; of a function, by what failing fixtures have otherwise. */
async function variants(policy: Policy, fixture: Fixture, failing: readonly Fixture[], around: Surroundings) {
  const { resources } = fixture;
  const made: Variant[] = [];
  const seen = await Promise.all(failing.map((other) => findings(policy, other.resources, other, around)));
  for (const [index, resource] of resources.entries()) {
    if (!matchesResource(policy.match, resource)) continue;
    const { kind, name, object } = resource;
    const isSame = (other: Resource) => other.kind === kind && other.name === name;
    const all = seen.flatMap(({ found }) => found).filter(({ of }) => of?.kind === kind);
    const same = all.filter(({ of }) => of !== undefined && isSame(of));
    // What is denied as data is denied whatever its name is; a function may have its reasons.
    const named = same.length > 0 || !(policy.deny ?? policy.warn) ? same : all;
    const grafted = named.flatMap(({ of, pointer }) => grafts(object, of?.object ?? {}, [pointer]));
    for (const mutant of [...bySchemas(policy, resource, fixture), ...grafted]) {
      const changed = mutated(object, mutant);
      const how = `${kind} ${name} ${mutant.pointer} ${mutant.how}`;
      if (changed) made.push({ how, resources: resources.with(index, resourceOf(changed, resource.source)) });
    }
    if (policy.checkTarget !== undefined && failing.some((other) => !other.resources.some(isSame)))
      made.push({ how: `without ${kind} ${name}`, resources: resources.toSpliced(index, 1) });
  }
  return made;
}

/** What else a failing fixture has otherwise: resources that it lacks, has besides, or has in another way. */
function differences(resources: readonly Resource[], { resources: others }: Fixture): Variant[] {
  const isSame = (one: Resource, other: Resource) => one.kind === other.kind && one.name === other.name;
  const changed = resources.flatMap((one, index) => {
    const how = `${one.kind} ${one.name}`;
    const other = others.find((candidate) => isSame(one, candidate));
    if (other === undefined) return [{ how: `without ${how}`, resources: resources.toSpliced(index, 1) }];
    return [{ how: `${how} as in the failing fixture`, resources: resources.with(index, other) }];
  });
  const added = others.filter((other) => !resources.some((one) => isSame(one, other)));
  return [...changed, ...added.map((one) => ({ how: `with ${one.kind} ${one.name}`, resources: [...resources, one] }))];
}

function bySchemas({ schema, cases = [] }: Policy, resource: Resource, fixture: Fixture): Mutant[] {
  const target = targetOf(fixture.target);
  const own = cases.filter(({ match }) => matchesTarget(match, target) && matchesResource(match, resource));
  const schemas = [schema, ...own.map((one) => one.schema)].filter((one) => one !== undefined);
  return schemas.flatMap((one) => mutants(one, resource.object));
}
