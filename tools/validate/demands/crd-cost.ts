import type { Checked } from "../../cel/check.ts";
import { costOf } from "../../cel/cost/cost.ts";
import { mostOf, type Sizes, sizesBelow } from "../../cel/cost/sizes.ts";
import type { Place } from "../../vocabulary/place.ts";

/** What an expression of a definition may cost, and all of them together (`StaticEstimatedCostLimit`). */
const limit = 10_000_000;
const limitOfAll = 100_000_000;

const help =
  "Simplify it, or bound what it goes through: maxItems, maxProperties and maxLength, where lists, maps and texts are declared.";

/**
 * What the rules of a schema may cost, as it is estimated when the definition is created: the cost of an expression, as often
 * as its schema can have a value in one object.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#resource-use-by-validation-functions
 */
export class Budget {
  #total = 0;
  readonly #expensive: { readonly path: readonly (string | number)[]; readonly cost: number }[] = [];

  /** Counts an expression, and reports it where it costs too much by itself. */
  spend(checked: Checked, sizes: Sizes, what: string, count: number | undefined, at: Place): void {
    const cost = costOf(checked, sizesBelow(sizes)).max * (count ?? mostOf(sizes));
    this.#total += cost;
    if (cost >= limitOfAll / 100) this.#expensive.push({ path: at.path, cost });
    if (cost > limit) at.say("Forbidden", `is a ${what} that is estimated to cost ${excess(cost, limit)}`, help);
  }

  /** Reports the most expensive ones where all of them together cost too much. */
  checkTotal(at: Place): void {
    if (this.#total <= limitOfAll) return;
    const depth = at.path.length;
    const most = [...this.#expensive].sort((a, b) => b.cost - a.cost).slice(0, 4);
    for (const { path } of most) {
      const say = () => at.say("Forbidden", "is one of the rules that together cost too much", help);
      at.beneath(path.slice(depth), say);
    }
    at.say("Forbidden", `has rules that are estimated to cost ${excess(this.#total, limitOfAll)} together`, help);
  }
}

/** `13 times what it may`; what is far beyond has no number worth telling. */
function excess(cost: number, allowed: number): string {
  const factor = cost / allowed;
  const times = factor > 100 ? "more than 100" : factor.toPrecision(factor < 1.1 ? 6 : 3);
  return `${times} times what ${allowed === limit ? "it" : "they"} may`;
}
