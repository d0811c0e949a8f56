import { isObject, type JsonObject, listAt, objectAt, stringAt, stringsAt } from "../../core/json.ts";
import { nearest } from "../../core/nearest.ts";
import { type Container, containersOf, type Pod, podKinds, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isQualifiedName, labelValue } from "../../vocabulary/names.ts";
import { inWords } from "../lib/containers.ts";

/** What the kubelet, the container runtime and the controller of StatefulSets require, and the API server does not check. */
export const start = definePolicy({
  id: "reliability/start",
  severity: "error",
  why: "The API server does not check all that it takes to start a container: a command that is no program, a volume that the kubelet cannot create, or a claim that the API server refuses. The object is accepted, but its pods or probes fail. https://kubernetes.io/docs/tasks/inject-data-application/define-command-argument-container/",
  fix: "Correct the field as the finding describes.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined) return;
    for (const container of containersOf(pod)) {
      yield* ofCommands(container, resource);
      yield* ofFields(container, pod);
    }
    yield* ofVolumes(pod, resource);
    if (resource.kind === "StatefulSet") yield* ofClaims(resource);
  },
});

/** The commands of a container, its probes and hooks. */
function* ofCommands(container: Container, resource: Resource): Generator<Violation> {
  for (const { words, pointer: at, of } of commandsOf(container)) {
    const [program = ""] = words;
    const what = `${of} of ${inWords(container, resource)}`;
    // Windows has programs with spaces in their paths.
    if (/^[^\s\\]+\s/.test(program) && !program.includes("$")) {
      const parts = program.trim().split(/\s+/);
      const isPlain = /^[\w./= -]+$/.test(program);
      yield {
        pointer: `${at}/0`,
        message: `${what} is the program "${program.length > 40 ? `${program.slice(0, 40)}…` : program}", which does not exist: no shell splits it`,
        help: isPlain ? `Write it as ${JSON.stringify(parts)}.` : 'Run it by a shell: ["sh", "-c", "…"].',
      };
    }
    const script = scriptOf(words);
    if (script === undefined) continue;
    yield {
      pointer: at,
      message: `${what} only runs ${script.name}: the shell ignores ${script.ignored.join(" ")}`,
      help: `A shell takes one script: "${[script.name, ...script.ignored].join(" ")}", or leave the shell out.`,
    };
  }
}

interface Command {
  /** The program and its arguments. */
  readonly words: readonly string[];
  readonly pointer: string;
  readonly of: string;
}

function* commandsOf({ object, pointer }: Container): Generator<Command> {
  const command = stringsAt(object, "command");
  if (command.length > 0) {
    const words = [...command, ...stringsAt(object, "args")];
    yield { words, pointer: `${pointer}/command`, of: "the command" };
  }
  for (const [holder, names, path] of [
    [object, ["startupProbe", "livenessProbe", "readinessProbe"], ""],
    [objectAt(object, "lifecycle"), ["postStart", "preStop"], "lifecycle/"],
  ] as const)
    for (const name of names) {
      const words = stringsAt(objectAt(objectAt(holder, name), "exec"), "command");
      const of = `${path}${name}`;
      if (words.length > 0) yield { words, pointer: `${pointer}/${of}/exec/command`, of: of.replace("/", ".") };
    }
}

/** `sh -c sleep 10`: after the script, a shell expects only values for it. Options may be between them: `sh -c -- "sleep 10"`. */
function scriptOf(words: readonly string[]): { name: string; ignored: readonly string[] } | undefined {
  const [shell = "", option = "", name = "", ...ignored] = words;
  const isShell = /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|a|z)?sh$/.test(shell) && /^-[a-z]*c$/.test(option);
  return isShell && /^[\w./][\w./-]*$/.test(name) && ignored.length > 0 ? { name, ignored } : undefined;
}

/** `findContainerInPod` of the kubelet. */
function* ofFields({ object, pointer }: Container, pod: Pod): Generator<Violation> {
  for (const [index, entry] of listAt(object, "env").entries()) {
    const ref = isObject(entry) ? objectAt(objectAt(entry, "valueFrom"), "resourceFieldRef") : undefined;
    yield* ofField(ref, `${pointer}/env/${index}/valueFrom/resourceFieldRef`, pod);
  }
}

function* ofField(ref: JsonObject | undefined, pointer: string, pod: Pod): Generator<Violation> {
  const name = stringAt(ref, "containerName");
  const names = containersOf(pod).map((one) => one.name);
  if (!name || names.includes(name)) return;
  const near = nearest(name, names);
  yield {
    pointer: `${pointer}/containerName`,
    message: `the pod has no container ${name}`,
    help: near === undefined ? `Its containers: ${names.join(", ")}.` : `Did you mean ${near}?`,
  };
}

/** `setUpVolume` of an emptyDir: https://kubernetes.io/docs/concepts/storage/volumes/#emptydir */
function* ofVolumes(pod: Pod, resource: Resource): Generator<Violation> {
  for (const [index, volume] of listAt(pod.spec, "volumes").entries()) {
    if (!isObject(volume)) continue;
    const pointer = `${pod.specPointer}/volumes/${index}`;
    const medium = stringAt(objectAt(volume, "emptyDir"), "medium") ?? "";
    if (!/^(?:Memory|HugePages(?:-.+)?)?$/.test(medium) && !medium.includes("$"))
      yield {
        pointer: `${pointer}/emptyDir/medium`,
        message: `volume ${volume.name} of ${resource.kind} ${resource.name} has the medium ${medium}, which the kubelet does not know`,
        help: "Use Memory, or leave it out for the disk of the node.",
      };
    for (const [at, item] of listAt(objectAt(volume, "downwardAPI"), "items").entries()) {
      const ref = isObject(item) ? objectAt(item, "resourceFieldRef") : undefined;
      yield* ofField(ref, `${pointer}/downwardAPI/items/${at}/resourceFieldRef`, pod);
    }
  }
}

/** The controller creates the claims before the pods; the labels of the selector replace those of the template. */
function* ofClaims({ object, name: set }: Resource): Generator<Violation> {
  const spec = objectAt(object, "spec");
  const selector = objectAt(objectAt(spec, "selector"), "matchLabels") ?? {};
  for (const [index, claim] of listAt(spec, "volumeClaimTemplates").entries()) {
    const metadata = isObject(claim) ? objectAt(claim, "metadata") : undefined;
    const labels = Object.entries(objectAt(metadata, "labels") ?? {});
    const isWrong = ([key, value]: (typeof labels)[number]) =>
      !Object.hasOwn(selector, key) && !(isQualifiedName(key) && labelValue.fits(String(value)));
    for (const [key, value] of labels.filter(isWrong))
      yield {
        pointer: join(`/spec/volumeClaimTemplates/${index}/metadata/labels`, key),
        message: `StatefulSet ${set} labels its claims with ${key}: ${value}, which is not a valid label: neither claims nor pods are created`,
        help: labelValue.help,
      };
  }
}
