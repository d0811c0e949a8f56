import { CelError } from "../../cel/ast.ts";
import { compile } from "../../cel/compile.ts";
import { environmentOf } from "../../cel/environment.ts";
import { type Type, typeText } from "../../cel/types.ts";
import type { Json } from "../../core/json.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { trimSpace } from "../../vocabulary/text.ts";
import { since, until, versionsIn } from "../../vocabulary/versions.ts";
import { admissionVariables, authorizerVariables, patchMessage } from "./admission-types.ts";

/** What an expression can use, and of which type it must be. */
interface Purpose {
  /** Variables in addition to those of all admission expressions. */
  readonly variables?: Readonly<Record<string, Type>>;
  /** Whether it can use the variables for authorization checks; true by default. */
  readonly authorizer?: boolean;
  /** Whether it can create `Object{…}` and `JSONPatch{…}`; false by default. */
  readonly patches?: boolean;
  /** The allowed types of its value, as text; any type if there are none. */
  readonly types?: readonly string[];
}

/**
 * Compiles an expression for each version of Kubernetes in question, and reports the errors.
 *
 * @returns the type of the expression; undefined if it does not compile
 */
export function checkExpression(source: string, purpose: Purpose, at: Place): Type | undefined {
  const { authorizer = true, patches = false, types = [] } = purpose;
  const variables = { ...admissionVariables, ...(authorizer && authorizerVariables), ...purpose.variables };
  const message = patches ? patchMessage : () => undefined;
  return byVersion(at, (version) => {
    const { type } = compile(source, environmentOf(version, { variables, message, patches }));
    if (types.length > 0 && !types.includes(typeText({ ...type, isNullable: false }))) {
      throw new CelError(`it is of type ${typeText(type)}, not ${types.join(" or ")}`, 0);
    }
    return type;
  });
}

/**
 * Runs a compilation for each version in question, and reports each error once for all its versions.
 *
 * @returns the last type; undefined if no version compiles
 */
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
    at.within(versions, () => at.invalid(`does not compile: ${says}`, "Fix the expression."));
  }
  return type;
}

/** Whether a value is not a string, or only white space. */
export const isBlank = (value: Json | undefined): boolean => typeof value !== "string" || trimSpace(value) === "";

/** A required expression. */
export function expression(purpose: Purpose): Check {
  return (value, at) => {
    if (typeof value !== "string" && value !== undefined) return;
    if (value === undefined || isBlank(value)) at.required();
    else checkExpression(value, purpose, at);
  };
}

/** A condition on requests, which can use the parameters of a policy (`validateMatchCondition`). */
export function matchCondition(variables: Readonly<Record<string, Type>> = {}): { readonly expression: Check } {
  return { expression: expression({ variables, types: ["bool"] }) };
}
