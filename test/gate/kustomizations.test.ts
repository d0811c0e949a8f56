import { expect, test } from "vitest";
import type { KustomizationFile } from "../../tools/core/kustomization.ts";
import { KustomizationFiles } from "../../tools/gate/target/kustomizations.ts";
import { closure } from "../../tools/load/closure.ts";
import type { TargetContext } from "../../tools/policy/define.ts";
import { unusedFile } from "../../tools/rules/gitops/unused-file.ts";
import { tree } from "../load/tree.ts";

const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;

/** Two targets share a component with an unused file; the order in which they are judged does not matter. */
test.each([[["known", "unknown"]], [["unknown", "known"]]])(
  "%j: an unknown field of one target hides no unused file of the other",
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

test("a file that is commented out in a kustomization is reported as such", () => {
  const names = ["a", "b", "c", "d", "e"].map((name) => `${name}.yaml`);
  const cwd = tree({
    "app/kustomization.yaml":
      "# What d.yaml is for: nothing\nresources:\n  - used.yaml\n  #- a.yaml\n# - ./b.yaml # later\npatches:\n#  - path: 'c.yaml'\n" +
      "#    target: {kind: ConfigMap}\n# - e.yaml.bak\n",
    "app/used.yaml": configMap("used"),
    ...Object.fromEntries(names.map((name) => [`app/${name}`, configMap(name)])),
  });
  const [file] = new KustomizationFiles(cwd).of(closure({ path: "app", kind: "kustomization" }, { cwd }));
  const found = [...(unusedFile.checkKustomization?.(file as KustomizationFile, {} as TargetContext) ?? [])];
  const commented = (line: number) => `it is commented out at line ${line} of app/kustomization.yaml`;
  const unlisted = "app/kustomization.yaml does not list it";
  expect(found.map(({ message }) => message)).toEqual(
    [commented(4), commented(5), commented(7), unlisted, unlisted].map(
      (why, index) => `app/${names[index]} is unused: ${why}`,
    ),
  );
});
