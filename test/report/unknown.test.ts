import { expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { markdown } from "../../tools/report/markdown.ts";
import { pretty } from "../../tools/report/pretty.ts";
import { gravestFirst } from "../../tools/report/told.ts";
import { unknownKind } from "../../tools/report/unknown.ts";
import { installKind } from "../../tools/validate/crds/catalog.ts";
import { context, finding, report, rule } from "./reports.ts";

const fix = "Name its definition.";
const told = { ...context, rules: new Map([[unknownKind, { ...rule, id: unknownKind, fix }]]) };

function unknown(resource: string, more: Partial<Finding> = {}): Finding {
  return finding({
    rule: unknownKind,
    message: "nothing is known of it",
    help: fix,
    resource,
    file: resource,
    ...more,
  });
}

const names = ["a", "b", "c", "d"];
const certificates = names.map((name) => unknown(`cert-manager.io/v1/Certificate/shop/${name}`));
const issuers = ["e", "f"].map((name) => unknown(`cert-manager.io/v1/Issuer/shop/${name}`));
const one = unknown("cilium.io/v2alpha1/CiliumNode/g");

test("more than a few resources of kinds that nothing is known of are told by kind, with what allows them", () => {
  const text = pretty(report([...certificates, finding(), ...issuers, one]), told);
  expect(text).toContain(
    [
      "7 resources of 3 kinds that nothing is known of",
      "  -       error    schema/unknown-kind",
      "          cert-manager.io/v1: Certificate (4), Issuer (2)",
      "          cilium.io/v2alpha1: CiliumNode",
      `          → ${fix} All of them:`,
      "            allowUnknownKinds: [cert-manager.io/*, cilium.io/*]",
    ].join("\n"),
  );
  expect(text.match(/nothing is known of it/g)).toBe(null);
  expect(text).toContain("base/settings.yaml");
  const comment = markdown(report([...certificates, ...issuers]), told);
  expect(comment).toContain("#### 6 resources of 2 kinds that nothing is known of");
  expect(comment).toContain("cert-manager.io/v1: Certificate (4), Issuer (2)");
  expect(comment).toContain("`allowUnknownKinds: [cert-manager.io/*]`");
});

test("a few stay where they are, and so does what says more, is waived, or is new", () => {
  expect(pretty(report(certificates), told).match(/nothing is known of it/g)).toHaveLength(4);
  const others = [
    unknown("cert-manager.io/v1/Certifcate/shop/h", { help: "Did you mean Certificate?" }),
    unknown("cert-manager.io/v1/Certificate/shop/i", { waived: true }),
    unknown("cert-manager.io/v1/Certificate/shop/j", { status: "new" }),
    unknown("not an id"),
  ];
  const text = pretty(report([...certificates, ...issuers, ...others]), told);
  expect(text).toContain("6 resources of 2 kinds that nothing is known of");
  expect(text.match(/nothing is known of it/g)).toHaveLength(4);
});

test("where there is room for some, they come after other errors", () => {
  const warning = finding({ severity: "warning", message: "a warning" });
  const order = gravestFirst([...certificates, warning, finding()]).map((each) => each.finding);
  expect(order.map(({ rule: id, severity }) => `${severity} ${id}`)).toEqual([
    "error schema/type",
    ...names.map(() => `error ${unknownKind}`),
    "warning schema/type",
  ]);
});

test("of what comes with the gate the projects are named, and of the rest what allows it", () => {
  const help = installKind("cert-manager.io") ?? "";
  const comes = [...certificates, ...issuers].map((finding) => ({ ...finding, help }));
  const widgets = ["x", "y"].map((name) => unknown(`example.com/v1/Widget/shop/${name}`));
  expect(pretty(report([...comes, ...widgets]), told)).toContain(
    [
      "8 resources of 3 kinds that nothing is known of",
      "  -       error    schema/unknown-kind",
      "          cert-manager.io/v1: Certificate (4), Issuer (2)",
      "          example.com/v1: Widget (2)",
      "          → Definitions of these come with the gate. In gitops.yaml, name what the cluster has of them:",
      "            installed: [cert-manager]",
      `          → ${fix} All of them:`,
      "            allowUnknownKinds: [example.com/*]",
    ].join("\n"),
  );
  expect(markdown(report(comes), told)).toContain("`installed: [cert-manager]`");
});
