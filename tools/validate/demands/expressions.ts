import { CelError } from "../../cel/ast.ts";
import { compile } from "../../cel/compile.ts";
import { environmentOf } from "../../cel/environment.ts";
import { type Type, typeText } from "../../cel/types.ts";
import type { Json } from "../../core/json.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { trimSpace } from "../../vocabulary/text.ts";
import { since, until, versionsIn } from "../../vocabulary/versions.ts";
import { admissionVariables, authorizerVariables, patchMessage } from "./admission-types.ts";

/** What an expression may refer to, and what it must be. */
export interface Purpose {
  /** Variables beyond those that every expression of admission has. */
  readonly variables?: Readonly<Record<string, Type>>;
  /** Without it, the expression cannot ask whether someone may do something. */
  readonly authorizer?: boolean;
  /** May make `Object{…}` and `JSONPatch{…}`. */
  readonly patches?: boolean;
  /** The types that its value may have, as they are written; any type when there are none. */
  readonly types?: readonly string[];
}

/**
 * Compiles an expression as each asked-for version does, and reports what it refuses. Answers with the expression's type,
 * undefined when it has none.
 */
export function checkExpression(source: string, purpose: Purpose, at: Place): Type | undefined {
  const { authorizer = true, patches = false, types = [] } = purpose;
  const variables = { ...admissionVariables, ...(authorizer && authorizerVariables), ...purpose.variables };
  const message = patches ? patchMessage : () => undefined;
  return byVersion(at, (version) => {
    const { type } = compile(source, environmentOf(version, { variables, message, patches }));
    if (types.length > 0 && !types.includes(typeText({ ...type, isNullable: false }))) {
      throw new CelError(`its value is of type ${typeText(type)}, not ${types.join(" or ")}`, 0);
    }
    return type;
  });
}

/** Runs a compilation for each version, and says once for all of them what is wrong. */
export function byVersion(at: Place, run: (version: string) => Type): Type | undefined {
  const faults = new Map<string, number>();
  let type: Type | undefined;
  for (const version of versionsIn(at.versions)) {
    try {
      type = run(version);
    } catch (error) {
      if (!(error instanceof CelError)) throw error;
      const says = error.at === 0 ? error.message : `${error.message} (at character ${error.at + 1})`;
      faults.set(says, (faults.get(says) ?? 0) | (since(version) & until(version)));
    }
  }
  for (const [says, versions] of faults) {
    at.within(versions, () => at.invalid(`cannot be compiled: ${says}`, "Correct the expression."));
  }
  return type;
}

export const isBlank = (value: Json | undefined): boolean => typeof value !== "string" || trimSpace(value) === "";

/** An expression that must be there. */
export function expression(purpose: Purpose): Check {
  return (value, at) => {
    if (typeof value !== "string" && value !== undefined) return;
    if (value === undefined || isBlank(value)) at.required();
    else checkExpression(value, purpose, at);
  };
}

/** Whether a request is looked at at all; a policy with parameters may refer to them (`validateMatchCondition`). */
export function matchCondition(variables: Readonly<Record<string, Type>> = {}): { readonly expression: Check } {
  return { expression: expression({ variables, types: ["bool"] }) };
}
