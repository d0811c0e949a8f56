import { isObject, listAt, stringAt } from "../../core/json.ts";
import { containersOf, podKinds, podOf } from "../../core/pod.ts";
import { isSealed } from "../../core/sops.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { inWords } from "../lib/containers.ts";
import { credentialIn } from "../lib/credentials.ts";
import { isSecretValue } from "../lib/secret-value.ts";

export const secretInEnv = definePolicy({
  id: "security/secret-in-env",
  severity: "error",
  why: "Anyone who can read the repository or view the pod can read a secret in a variable, and the Git history keeps it forever. https://kubernetes.io/docs/concepts/configuration/secret/",
  fix: "Take it from a Secret with valueFrom.secretKeyRef, and replace the secret, because it has been exposed.",
  match: { kind: podKinds },
  *check(resource): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || isSealed(resource)) return;
    for (const container of containersOf(pod)) {
      for (const [index, entry] of listAt(container.object, "env").entries()) {
        const name = isObject(entry) ? (stringAt(entry, "name") ?? "") : "";
        const value = isObject(entry) ? (stringAt(entry, "value") ?? "") : "";
        const what = credentialIn(value) ?? (isSecretValue(name, value) ? "a secret" : undefined);
        if (what === undefined) continue;
        yield {
          pointer: `${container.pointer}/env/${index}/value`,
          message: `variable ${name} of ${inWords(container, resource)} holds ${what} that anyone can read`,
        };
      }
    }
  },
});
