import { type Resource, resourceOf, type Target } from "../core/resource.ts";
import { Positions } from "../parse/position.ts";
import type { Policy } from "../policy/define.ts";
import { evaluate, type PolicyProblem } from "../policy/evaluate.ts";
import { matchesResource, matchesTarget } from "../policy/match.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { Fixture, RepositoryFixture } from "./fixtures.ts";
import { grafts, type Mutant, mutants, mutated } from "./mutate.ts";
import { checkRepository, needsRepository, type RepositoryResult } from "./repositories.ts";

/** The result of testing a policy with its fixtures; it passed if `failures` is empty. */
export interface PolicyTest {
  readonly policy: string;
  readonly fixtures: number;
  readonly mutants: number;
  readonly failures: readonly string[];
}

/** The input of policies apart from the manifests. */
type Surroundings = Omit<Parameters<typeof evaluate>[1], "target" | "resources">;

/** All fixtures of a policy. */
interface Fixtures {
  readonly manifests: readonly Fixture[];
  readonly repositories: readonly RepositoryFixture[];
  /** Renders the repositories. */
  readonly kustomize?: Kustomize | undefined;
}

/**
 * Tests a policy with its fixtures: it must match at least one resource of each, find nothing in those that pass, and
 * find something in those that fail, exactly on the marked lines if there are any.
 *
 * @param mutate whether the policy must also detect changes of passing manifests that violate it; repositories are not
 * changed
 */
export async function testPolicy(
  policy: Policy,
  { manifests, repositories, kustomize }: Fixtures,
  around: Surroundings,
  mutate: boolean,
): Promise<PolicyTest> {
  const all = [...manifests, ...repositories];
  const failures = missingFixtures(policy, all);
  for (const fixture of manifests) failures.push(...(await failuresOf(policy, fixture, around)));
  for (const { folder, ...fixture } of repositories) {
    const { found, problems } = await checkRepository(policy, folder, around, kustomize);
    failures.push(
      ...(problems.length > 0
        ? problems.map((problem) => `${fixture.path}: ${problem}`)
        : compared(
            { ...fixture, marked: fixture.marked.map((at) => `${fixture.path}/${at}`) },
            withFolder(fixture, found),
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

/** Every policy needs a fixture that passes and one that fails. */
function missingFixtures(policy: Policy, all: readonly Pick<Fixture, "expects">[]): string[] {
  return (["pass", "fail"] as const)
    .filter((expects) => !all.some((fixture) => fixture.expects === expects))
    .map((expects) => {
      const name = `${expects}${needsRepository(policy) ? "/, a folder of files" : ".yaml"}`;
      return `no fixture that ${expects === "pass" ? "passes" : "fails"}: fixtures/${policy.id}/${name}`;
    });
}

async function failuresOf(policy: Policy, fixture: Fixture, around: Surroundings): Promise<string[]> {
  const { path, problems, resources } = fixture;
  if (needsRepository(policy))
    return [`${path}: the policy checks more than manifests: use a folder of files instead, pass/ or fail/`];
  if (problems.length > 0) return problems.map((problem) => `${path}: ${problem}`);
  if (!matches(policy, fixture)) return [`${path}: the policy matches none of its resources`];
  const { found, crash } = await findings(policy, resources, fixture, around);
  if (crash !== undefined) return [`${path}: the policy threw: ${crash}`];
  const lines = linesOf(found, fixture.text);
  return compared(
    { ...fixture, marked: fixture.marked.map((line) => `${path}:${line}`) },
    found.map(({ message }, index) => ({ at: `${path}:${lines[index] ?? 1}`, message })),
  );
}

function withFolder({ path }: Pick<Fixture, "path">, found: RepositoryResult["found"]): RepositoryResult["found"] {
  return found.map(({ at, message }) => ({ at: `${path}/${at}`, message }));
}

/** The differences between the findings and the expectation; if places are marked, findings must be exactly there. */
function compared(
  { path, expects, marked }: Pick<Fixture, "path" | "expects"> & { readonly marked: readonly string[] },
  found: RepositoryResult["found"],
): string[] {
  const shown = ({ at, message }: RepositoryResult["found"][number]) => `${at}: ${message}`;
  if (expects === "pass") return found.map((one) => `${shown(one)} (it should pass)`);
  if (found.length === 0) return [`${path}: nothing was found, but it should fail`];
  if (marked.length === 0) return [];
  const missed = marked.filter((place) => !found.some(({ at }) => at === place));
  return [
    ...missed.map((place) => `${place}: nothing was found on this line`),
    ...found.filter(({ at }) => !marked.includes(at)).map((one) => `${shown(one)} (not marked)`),
  ];
}

function matches({ match, checkTarget }: Policy, { target, resources }: Fixture): boolean {
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

/** The lines of the findings; a finding about the whole target is on line 1. */
function linesOf(found: readonly PolicyProblem[], text: string): number[] {
  const positions = new Positions(text);
  return found.map(({ of, pointer }) => {
    const { document, pointer: within } = of?.source ?? { document: 0, pointer: "" };
    return positions.at(document, of ? within + pointer : "")?.line ?? 1;
  });
}

/** The mutants of passing fixtures that the policy does not detect. */
async function survivors(policy: Policy, fixtures: readonly Fixture[], around: Surroundings) {
  const failing = fixtures.filter(({ expects }) => expects === "fail");
  const alive: string[] = [];
  let count = 0;
  const isDetected = async ({ resources }: Variant, fixture: Fixture) => {
    const { found, crash } = await findings(policy, resources, fixture, around);
    return found.length > 0 || crash !== undefined;
  };
  const passing = fixtures.filter(({ expects }) => expects === "pass");
  for (const fixture of passing) {
    for (const variant of await variants(policy, fixture, failing, around)) {
      count++;
      if (!(await isDetected(variant, fixture))) alive.push(`${fixture.path}: ${variant.how}: not detected`);
    }
  }
  if (count > 0) return { count, alive };
  // The mistake may be in another resource, so every difference from a failing fixture is tried.
  for (const fixture of passing) {
    for (const variant of failing.flatMap((other) => differences(fixture.resources, other))) {
      if (await isDetected(variant, fixture)) count++;
    }
  }
  if (count === 0) alive.push("the policy detects no change of a passing fixture");
  return { count, alive };
}

interface Variant {
  readonly how: string;
  readonly resources: readonly Resource[];
}

/**
 * Variants of a passing fixture with one change each: violations of the policy's schemas, and values of failing
 * fixtures.
 */
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
    // deny and warn apply regardless of the resource's name; a function may depend on it.
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

/** Variants with one resource less, more or changed, as in a failing fixture. */
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
