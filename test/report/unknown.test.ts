import { expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { fromOutside } from "../../tools/load/messages.ts";
import { mostSevereFirst } from "../../tools/report/distinct.ts";
import { markdown } from "../../tools/report/markdown.ts";
import { pretty } from "../../tools/report/pretty.ts";
import { unknownKind } from "../../tools/report/unknown.ts";
import { adviceOnKind } from "../../tools/validate/unknown-kind.ts";
import { context, finding, many, report, rule } from "./reports.ts";

const fix = "Name its definition.";
const own = { ...context, rules: new Map([[unknownKind, { ...rule, id: unknownKind, fix }]]) };

function unknown(resource: string, more: Partial<Finding> = {}): Finding {
  return finding({
    rule: unknownKind,
    message: "nothing is known of it",
    help: adviceOn(resource),
    resource,
    file: resource,
    ...more,
  });
}

function adviceOn(resource: string): string {
  const [group, version, kind = ""] = resource.split("/");
  return adviceOnKind({ apiVersion: `${group}/${version}`, kind });
}

const names = ["a", "b", "c", "d"];
const certificates = names.map((name) => unknown(`certs.example.com/v1/Certificate/shop/${name}`));
const issuers = ["e", "f"].map((name) => unknown(`certs.example.com/v1/Issuer/shop/${name}`));
const one = unknown("mesh.example.com/v2alpha1/Mesh/g");

test("many resources of unknown kinds are grouped by kind, with the setting that allows them", () => {
  const text = pretty(report([...certificates, finding(), ...issuers, one]), own);
  expect(text).toContain(
    [
      "7 resources of 3 unknown kinds",
      "  -       error    schema/unknown-kind",
      "          certs.example.com/v1: Certificate (4), Issuer (2)",
      "          mesh.example.com/v2alpha1: Mesh",
      `          → ${fix} For all of them:`,
      "            allowUnknownKinds: [certs.example.com/*, mesh.example.com/*]",
    ].join("\n"),
  );
  expect(text.match(/nothing is known of it/g)).toBe(null);
  expect(text).toContain("base/settings.yaml");
  const comment = markdown(report([...certificates, ...issuers]), own);
  expect(comment).toContain("#### 6 resources of 2 unknown kinds");
  expect(comment).toContain("certs.example.com/v1: Certificate (4), Issuer (2)");
  expect(comment).toContain("\n```yaml\nallowUnknownKinds: [certs.example.com/*]\n```\n");
});

test("a few are listed as usual, as are those with other help, waived or new ones", () => {
  expect(pretty(report(certificates), own).match(/nothing is known of it/g)).toHaveLength(4);
  const others = [
    unknown("certs.example.com/v1/Certifcate/shop/h", { help: "Did you mean Certificate?" }),
    unknown("certs.example.com/v1/Certificate/shop/i", { waived: true }),
    unknown("certs.example.com/v1/Certificate/shop/j", { status: "new" }),
    unknown("not an id"),
  ];
  const text = pretty(report([...certificates, ...issuers, ...others]), own);
  expect(text).toContain("6 resources of 2 unknown kinds");
  expect(text.match(/nothing is known of it/g)).toHaveLength(4);
});

test("they come after other errors if room is limited", () => {
  const warning = finding({ severity: "warning", message: "a warning" });
  const order = mostSevereFirst([...certificates, warning, finding()]).map((each) => each.finding);
  expect(order.map(({ rule: id, severity }) => `${severity} ${id}`)).toEqual([
    "error schema/type",
    ...names.map(() => `error ${unknownKind}`),
    "warning schema/type",
  ]);
});

test("bundled projects are named, and the rest get the setting that allows them", () => {
  const comes = [...names, "e", "f"].map((name, index) => {
    const kind = index < names.length ? "Certificate" : "Issuer";
    return unknown(`cert-manager.io/v1/${kind}/shop/${name}`);
  });
  const widgets = ["x", "y"].map((name) => unknown(`example.com/v1/Widget/shop/${name}`));
  expect(pretty(report([...comes, ...widgets]), own)).toContain(
    [
      "8 resources of 3 unknown kinds",
      "  -       error    schema/unknown-kind",
      "          cert-manager.io/v1: Certificate (4), Issuer (2)",
      "          example.com/v1: Widget (2)",
      "          → The gate includes the definitions of these. In gitops.yaml, list those that the cluster has installed:",
      "            installed: [cert-manager]",
      `          → ${fix} For all of them:`,
      "            allowUnknownKinds: [example.com/*]",
    ].join("\n"),
  );
  expect(markdown(report(comes), own)).toContain("\ninstalled: [cert-manager]\n");
});

test("kinds that are bundled in other versions only are not to be installed", () => {
  const secrets = [...names, "e"].map((name) => unknown(`external-secrets.io/v1beta1/ExternalSecret/shop/${name}`));
  const store = unknown("external-secrets.io/v1beta1/SecretStore/shop/f");
  const text = pretty(report([...secrets, store]), own);
  expect(text).toContain(
    [
      "          external-secrets.io/v1beta1: ExternalSecret (5, bundled in v1), SecretStore (bundled in v1)",
      `          → If the cluster serves the bundled version, set apiVersion to it. ${fix} For all of them:`,
      "            allowUnknownKinds: [external-secrets.io/v1beta1/*]",
    ].join("\n"),
  );
  expect(text).not.toContain("installed:");
});

test("more than four groups have a line each to copy", () => {
  const groups = ["e", "d", "c", "b", "a"].map((group) => `${group}.example.com`);
  const one = report([...groups, "b.example.com"].map((group) => unknown(`${group}/v1/Widget/shop/x`)));
  const lines = ["allowUnknownKinds:", ...groups.sort().map((group) => `  - ${group}/*`)];
  expect(pretty(one, own)).toContain(lines.map((line) => `\n            ${line}`).join(""));
  expect(markdown(one, own)).toContain(`\n\`\`\`yaml\n${lines.join("\n")}\n\`\`\`\n`);
});

test("the summary comes last in a terminal, and first in a comment, where it is not cut", () => {
  const all = report([...certificates, ...issuers, ...many(2000)]);
  expect(pretty(all, own).split("\n\n").at(-2)).toContain("allowUnknownKinds:");
  expect(markdown(all, own)).toMatch(/^#### 6 resources of 2 unknown kinds\n[^#]+\n#### `base/m);
});

test("targets that one setting fixes are reported together, with the line to copy", () => {
  const outside = (target: string) => finding({ rule: "render/failed", target, file: target, help: fromOutside });
  const both = report([outside("a"), outside("b"), outside("b")]);
  const words = ["2 targets read files outside a kustomization's folder", "loadRestrictor: LoadRestrictionsNone\n"];
  for (const text of [pretty(both, own), markdown(both, own)])
    for (const each of words) expect(text).toContain(`${each}`);
  expect(pretty(report([outside("a"), outside("a")]), own)).not.toContain(words[1]);
});

test("unknown kinds in a bundled project's group are allowed by name, so that typos are still found", () => {
  const rollouts = ["a", "b", "c"].map((name) => unknown(`argoproj.io/v1alpha1/Rollout/shop/${name}`));
  const others = ["Pipeline", "MonoVertex", "GitSync"].map((kind) => unknown(`argoproj.io/v1alpha1/${kind}/shop/a`));
  const text = pretty(report([...rollouts, ...others]), own);
  expect(text).toContain("installed: [argo-rollouts]\n");
  const kinds = ["GitSync", "MonoVertex", "Pipeline"].map((kind) => `argoproj.io/v1alpha1/${kind}`);
  expect(text).toContain(`allowUnknownKinds: [${kinds.join(", ")}]\n`);
});
