import type { Checked } from "../../cel/check.ts";
import { costOf } from "../../cel/cost/cost.ts";
import { mostOf, type Sizes, sizesBelow } from "../../cel/cost/sizes.ts";
import type { Place } from "../../vocabulary/place.ts";

/** The cost limits of one expression in a definition, and of all of them together (`StaticEstimatedCostLimit`). */
const limit = 10_000_000;
const limitOfAll = 100_000_000;

const help =
  "Simplify it, or limit the lists, maps and strings that it uses with maxItems, maxProperties and maxLength.";

/**
 * The cost of the rules of a schema, as estimated when the definition is created: the cost of each expression times
 * the number of values that its schema can have in one object.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions
 */
export class Budget {
  #total = 0;
  readonly #expensive: { readonly path: readonly (string | number)[]; readonly cost: number }[] = [];

  /** Adds the cost of an expression for `count` values, and reports it if it exceeds the limit by itself. */
  spend(checked: Checked, sizes: Sizes, count: number | undefined, at: Place): void {
    const cost = costOf(checked, sizesBelow(sizes)).max * (count ?? mostOf(sizes));
    this.#total += cost;
    if (cost >= limitOfAll / 100) this.#expensive.push({ path: at.path, cost });
    if (cost > limit) at.say("Forbidden", `has an estimated cost of ${excess(cost, limit)}`, help);
  }

  /** Reports the most expensive expressions if all of them together exceed the limit. */
  checkTotal(at: Place): void {
    if (this.#total <= limitOfAll) return;
    const depth = at.path.length;
    const most = [...this.#expensive].sort((a, b) => b.cost - a.cost).slice(0, 4);
    for (const { path } of most) {
      const say = () => at.say("Forbidden", "is one of the rules that together exceed the cost limit", help);
      at.beneath(path.slice(depth), say);
    }
    at.say("Forbidden", `has rules with a total estimated cost of ${excess(this.#total, limitOfAll)}`, help);
  }
}

/** `13 times the limit`, without the exact number if it is far above. */
function excess(cost: number, allowed: number): string {
  const factor = cost / allowed;
  const times = factor > 100 ? "more than 100" : factor.toPrecision(factor < 1.1 ? 6 : 3);
  return `${times} times the limit`;
}
