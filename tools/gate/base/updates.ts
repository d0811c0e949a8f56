import { isDeepStrictEqual } from "node:util";
import { definitionsIn, groupOf, type Resource, renders } from "../../core/resource.ts";
import { matchResources } from "../../diff/match.ts";
import type { Compared } from "../../diff/moves.ts";
import { isNotUpdated } from "../../diff/recreated.ts";
import { renderAll } from "../../render/render.ts";
import { loadSchemas } from "../../validate/index.ts";
import { updateProblems } from "../../validate/update/index.ts";
import { storageClassesIn } from "../../validate/update/storage.ts";
import type { BaseRequest, GateInput } from "../input.ts";
import type { Outcome } from "../outcomes/outcomes.ts";
import type { Issue } from "../target/checked.ts";
import type { Present } from "./checkout.ts";
import { budgetOf, deletionsIn } from "./deletions.ts";

/** The issues with the changes of targets, in their order: rejected updates, and too many deleted objects. */
export async function changeIssues(
  compared: readonly Compared[],
  { outcomes }: Pick<Present, "outcomes">,
  base: BaseRequest,
  input: GateInput,
): Promise<(readonly Issue[])[]> {
  const budget = budgetOf(input, base.maxDeletions);
  const { versions, config } = input;
  const { ipFamilies, featureGates } = config;
  const schemas = await schemasFor(compared, outcomes, input);
  const options = { versions, ipFamilies, featureGates, schemas };
  return compared.map((one) => {
    const storageClasses = storageClassesIn(one.head?.resources ?? []);
    const updates = updatesIn(one).flatMap(([was, is]) =>
      updateProblems(was, is, { ...options, storageClasses }).map((problem) => ({ problem, resource: is })),
    );
    return [...updates, ...deletionsIn(one, budget)];
  });
}

/** The schemas of all updated resources. The definitions of custom kinds may be in unchanged targets. */
async function schemasFor(compared: readonly Compared[], outcomes: readonly Outcome[], input: GateInput) {
  const updated = compared.flatMap(updatesIn).map(([, is]) => is);
  if (updated.length === 0) return loadSchemas();
  const groups = new Set(updated.map(({ apiVersion }) => groupOf(apiVersion)));
  const crds = [
    ...(await input.rules.load()).crds,
    ...definitionsIn(compared.flatMap(({ head }) => head?.resources ?? [])),
  ];
  const { installed } = input.config;
  const schemas = await loadSchemas(crds, groups, installed);
  if (updated.every(({ apiVersion, kind }) => schemas.kind(apiVersion, kind) !== undefined)) return schemas;
  const there = new Set(compared.map(({ path }) => path));
  const others = outcomes.filter((one) => one.crds.length > 0 && !there.has(one.target.path));
  const { cwd, rendering } = input;
  const rendered = await renderAll(
    others.map(({ target }) => target),
    { cwd, ...rendering },
  );
  return loadSchemas([...definitionsIn(rendered.flatMap(({ resources }) => resources)), ...crds], groups, installed);
}

/** The resources that are updated in place, before and after. */
function updatesIn({ base, head }: Compared): [Resource, Resource][] {
  if (base === undefined || !renders(base) || head === undefined) return [];
  return matchResources(base.resources, head.resources).flatMap(({ before: was, after: is }): [Resource, Resource][] =>
    was === undefined || is === undefined || isNotUpdated(is) || isDeepStrictEqual(was.object, is.object)
      ? []
      : [[was, is]],
  );
}
