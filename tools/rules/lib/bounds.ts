import { type JsonObject, objectAt, own } from "../../core/json.ts";
import { amountOf } from "../../validate/demands/resources.ts";
import { thousandths } from "../../vocabulary/quantity.ts";
import type { List } from "./admitted.ts";

/** Requests and limits; the limits of a claim do not count. */
export interface Given {
  readonly requests: JsonObject;
  readonly limits?: JsonObject;
}

/** An amount outside a bound of a LimitRange, or a required amount that is missing. */
export interface Breach {
  readonly bound: keyof typeof bounds;
  readonly name: string;
  readonly list: List;
  readonly isMissing: boolean;
}

type Found = Pick<Breach, "list" | "isMissing"> | undefined;

/** How to find the first breach of each bound. A value that is not an amount breaks none. */
const bounds: Readonly<
  Record<"min" | "max" | "maxLimitRequestRatio", (edge: bigint, name: string, given: Given) => Found>
> = {
  /** `minConstraint` */
  min: (edge, name, given) => firstOff(["requests", "limits"], name, given, (amount) => amount < edge),
  /** `maxConstraint`, `maxRequestConstraint` */
  max: (edge, name, given) =>
    firstOff(given.limits ? ["limits", "requests"] : ["requests"], name, given, (amount) => amount > edge),
  /** `limitRequestRatioConstraint` */
  maxLimitRequestRatio: (edge, name, { requests, limits = {} }) => {
    const [request, limit] = [millisAt(requests, name), millisAt(limits, name)];
    if (!request && (request === 0n || !Object.hasOwn(requests, name))) return { list: "requests", isMissing: true };
    if (!limit && (limit === 0n || !Object.hasOwn(limits, name))) return { list: "limits", isMissing: true };
    const isWider = request && limit && (Number(limit) / Number(request)) * 1000 > Number(edge);
    return isWider ? { list: "limits", isMissing: false } : undefined;
  },
};

/** The amounts that breach the bounds of an item of a LimitRange. */
export function breachesOf(item: JsonObject, given: Given): Breach[] {
  return (Object.keys(bounds) as (keyof typeof bounds)[]).flatMap((bound) => {
    const edges = objectAt(item, bound) ?? {};
    return Object.keys(edges).flatMap((name) => {
      const edge = millisAt(edges, name);
      const found = edge === undefined ? undefined : bounds[bound](edge, name, given);
      return found === undefined ? [] : [{ bound, name, ...found }];
    });
  });
}

/** The first list must contain the amount. */
function firstOff(
  lists: readonly [List, ...List[]],
  name: string,
  given: Given,
  isOff: (amount: bigint) => boolean,
): Found {
  const [needed] = lists;
  if (!Object.hasOwn(given[needed] ?? {}, name)) return { list: needed, isMissing: true };
  const list = lists.find((one) => {
    const amount = millisAt(given[one], name);
    return amount !== undefined && isOff(amount);
  });
  return list && { list, isMissing: false };
}

/** Amounts are compared in thousandths (`requestLimitEnforcedValues`). */
function millisAt(amounts: JsonObject | undefined, name: string): bigint | undefined {
  const quantity = amountOf(own(amounts, name));
  return quantity === undefined ? undefined : thousandths(quantity);
}
