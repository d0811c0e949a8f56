import { expect, test } from "vitest";
import { KustomizationFiles } from "../../tools/gate/kustomizations.ts";
import { closure } from "../../tools/load/closure.ts";
import { tree } from "../load/tree.ts";

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

/** What is said to be unused in the component that two targets share, whichever is judged first. */
test.each([[["known", "unknown"]], [["unknown", "known"]]])(
  "%j: what one target leaves unknown hides nothing of the other",
  (targets) => {
    const cwd = tree({
      "shared/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [used.yaml]\n",
      "shared/used.yaml": configMap("used"),
      "shared/forgotten.yaml": configMap("forgotten"),
      "known/kustomization.yaml": "components: [../shared]\n",
      "unknown/kustomization.yaml": "components: [../shared]\nnoSuchField: [../shared/forgotten.yaml]\n",
    });
    const workspace = { cwd, read: new Map() };
    const files = new KustomizationFiles(cwd);
    const unused = targets.map((path) => {
      const all = files.of(closure({ path, kind: "kustomization" }, workspace));
      return [path, all.flatMap((one) => one.unused())];
    });
    expect(Object.fromEntries(unused)).toEqual({ known: ["shared/forgotten.yaml"], unknown: [] });
  },
);
