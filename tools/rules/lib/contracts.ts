import type { Contract } from "../../core/contract.ts";
import { glob } from "../../core/glob.ts";
import { isObject, type Json, listAt, stringAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Container } from "../../core/pod.ts";
import type { TargetContext } from "../../policy/define.ts";
import { runningIn } from "./containers.ts";
import { indexOf, perTarget, type Workload } from "./target.ts";

/** A running container, with the contract of its image. */
export interface Consumer {
  readonly workload: Workload;
  readonly container: Container;
  readonly contract: Contract;
}

/** Every container of a target whose image has a contract. */
export const consumersOf = perTarget<readonly Consumer[]>((context) =>
  (context.contracts ?? []).length === 0
    ? []
    : indexOf(context).workloads.flatMap((workload) =>
        runningIn(workload.resource).flatMap((container) => {
          const contract = contractOf(container, context);
          return contract === undefined ? [] : [{ workload, container, contract }];
        }),
      ),
);

/** The contract of a container's image: the first that matches. */
function contractOf({ object }: Container, { contracts }: TargetContext): Contract | undefined {
  const image = stringAt(object, "image");
  if (image === undefined) return undefined;
  const name = repositoryOf(image);
  const matches = (pattern: string) => glob(pattern).test(name) || glob(pattern).test(image);
  return contracts?.find((one) => (typeof one.image === "string" ? [one.image] : one.image).some(matches));
}

/** An image without its tag and its digest: `redis` for `redis:8@sha256:…`. */
export function repositoryOf(image: string): string {
  const [named = ""] = image.split("@");
  const tag = named.indexOf(":", named.lastIndexOf("/") + 1);
  return tag < 0 ? named : named.slice(0, tag);
}

/** The words of a container's command line, as far as the manifest sets them. */
export const commandWords = once(({ object }: Container): readonly Word[] =>
  ["command", "args"].flatMap((field) =>
    listAt(object, field).flatMap((word: Json, index) =>
      typeof word === "string" ? [{ word, pointer: `/${field}/${index}` }] : [],
    ),
  ),
);

interface Word {
  readonly word: string;
  /** Relative to the container. */
  readonly pointer: string;
}

/**
 * Tells whether a container listens on a port: one from its contract, or a number in its arguments or variables. Undefined if
 * the image has no contract, or the container runs another command.
 */
export function listensOn(container: Container, context: TargetContext): ((port: number) => boolean) | undefined {
  const ports = container.object.command === undefined ? contractOf(container, context)?.ports : undefined;
  if (ports === undefined) return undefined;
  const numbers = numbersIn(container);
  return (port) => ports.includes(port) || numbers.has(port);
}

/** The numbers in a container's arguments and variables: some may be ports. */
export function numbersIn(container: Container): ReadonlySet<number> {
  const texts = [
    ...commandWords(container).map(({ word }) => word),
    ...listAt(container.object, "env").map((entry) => (isObject(entry) && stringAt(entry, "value")) || ""),
  ];
  return new Set(texts.join(" ").match(/\d+/g)?.map(Number));
}
