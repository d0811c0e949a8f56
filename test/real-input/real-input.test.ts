import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Report } from "../../tools/report/report.ts";
import { check, repository, triples } from "../run.ts";

const fixtures = join(import.meta.dirname, "fixtures");

/** Advice has its own tests (test/rules), and would distract here. */
const withoutAdvice = (report: Report): Report => ({
  ...report,
  findings: report.findings.filter(
    ({ rule }) => !/^(?:(?:security|reliability)\/|gitops\/(?:deprecated-field|selector-label)$)/.test(rule),
  ),
});

/** The expected result of `gitops check`: the targets with their numbers of resources, the exit status, and the findings. */
interface Expected {
  readonly targets: Readonly<Record<string, number>>;
  readonly exit: 0 | 1;
  /** Resources of unknown kinds that the configuration allows. */
  readonly skipped?: number;
  /** `rule file:line`, once per resource. */
  readonly findings: readonly string[];
}

/** Repositories in realistic styles, with realistic mistakes. */
const table: Readonly<Record<string, Expected>> = {
  breakfast: {
    targets: { ".": 3 },
    exit: 1,
    skipped: 1,
    findings: ["schema/unknown-kind config/bee.yaml:1"],
  },
  components: {
    targets: { "overlays/community": 3, "overlays/dev": 3, "overlays/enterprise": 4 },
    exit: 1,
    findings: [
      "schema/unknown-field components/external-db/deployment.yaml:13",
      "schema/unknown-field components/ldap/kustomization.yaml:17",
      "schema/unknown-field components/external-db/deployment.yaml:13",
      "schema/unknown-field components/ldap/kustomization.yaml:17",
    ],
  },
  "custom-resources": {
    targets: { apps: 4, platform: 3 },
    exit: 1,
    skipped: 1,
    findings: [
      "schema/required apps/backup.yaml:6",
      "schema/unknown-field apps/backup.yaml:7",
      "schema/value apps/backup.yaml:8",
      "schema/value apps/backup.yaml:9",
      "schema/unknown-kind apps/dashboard.yaml:2",
      "schema/type apps/queue.yaml:7",
    ],
  },
  generators: {
    targets: { "overlays/day": 4, "overlays/night": 4 },
    exit: 1,
    findings: ["schema/unknown-field base/job.yaml:7", "schema/unknown-field base/job.yaml:7"],
  },
  "hello-world": {
    targets: { "overlays/production": 3, "overlays/staging": 3 },
    exit: 0,
    findings: [],
  },
  ldap: {
    targets: { "overlays/production": 3, "overlays/staging": 4 },
    exit: 1,
    findings: ["schema/unknown-field overlays/production/deployment.yaml:14"],
  },
  monorepo: {
    targets: {
      "teams/billing/invoices": 2,
      "teams/billing/namespace.yaml": 1,
      "teams/billing/payments": 2,
      "teams/search/index": 2,
    },
    exit: 1,
    findings: [
      "schema/unknown-field platform/service/deployment.yaml:6",
      "schema/type teams/billing/namespace.yaml:5",
      "schema/unknown-field platform/service/deployment.yaml:6",
      "schema/unknown-field platform/service/deployment.yaml:6",
      "schema/unknown-field teams/search/index/memory.yaml:11",
    ],
  },
  "multi-namespace": {
    targets: { ".": 6 },
    exit: 1,
    findings: [
      "schema/unknown-field base/pod.yaml:13",
      "schema/unknown-field base/pod.yaml:13",
      "schema/unknown-field base/pod.yaml:13",
    ],
  },
  mysql: {
    targets: { ".": 5 },
    exit: 1,
    findings: [
      "schema/required kustomization.yaml:32",
      "schema/unknown-field kustomization.yaml:33",
      "schema/type storageclass.yaml:8",
    ],
  },
  "nested-overlays": {
    targets: { "regions/us": 2, "zones/eu-a": 2, "zones/eu-b": 2 },
    exit: 1,
    findings: [
      "schema/unknown-field apps/web/service.yaml:9",
      "schema/unknown-field stages/production/limits.yaml:12",
      "schema/unknown-field apps/web/service.yaml:9",
      "schema/unknown-field stages/production/limits.yaml:12",
      "schema/unknown-field apps/web/service.yaml:9",
      "schema/unknown-field stages/production/limits.yaml:12",
    ],
  },
  openapi: {
    targets: { ".": 2 },
    exit: 1,
    findings: ["schema/unknown-field patch.yaml:9"],
  },
  patches: {
    targets: { "overlays/production": 2 },
    exit: 1,
    findings: [
      "schema/unknown-field overlays/production/fewer.yaml:6",
      "schema/unknown-field overlays/production/kustomization.yaml:22",
      "schema/unknown-field overlays/production/kustomization.yaml:22",
      "schema/type overlays/production/kustomization.yaml:50",
      "schema/type overlays/production/more.json:2",
      "schema/unknown-field overlays/production/spread.yaml:12",
      "schema/unknown-field overlays/production/spread.yaml:12",
    ],
  },
  "plain-manifests": {
    targets: { ".": 6 },
    exit: 1,
    findings: [
      "link/service-no-endpoints shop/cart.json:6",
      "schema/type shop/cart.json:8",
      "schema/unknown-field shop/catalogue.yaml:21",
      "schema/type shop/catalogue.yaml:38",
      "schema/type shop/everything.yaml:25",
    ],
  },
  refused: {
    targets: { function: 0, helm: 0, outside: 0, remote: 0 },
    exit: 1,
    findings: [
      "render/plugin function/kustomization.yaml:2",
      "render/plugin helm/kustomization.yaml:1",
      "render/outside outside/kustomization.yaml:1",
      "render/outside outside/kustomization.yaml:4",
      "gitops/remote-base remote/kustomization.yaml:2",
      "gitops/remote-base remote/kustomization.yaml:3",
    ],
  },
  replacements: {
    targets: { ".": 4 },
    exit: 1,
    // A warning: it is not known what creates the TLS Secret.
    findings: [
      "link/config-missing ingress.yaml:8",
      "apply/field ingress.yaml:15",
      "schema/unknown-field ingress.yaml:18",
    ],
  },
  seed: {
    targets: { ".": 6 },
    exit: 1,
    findings: [
      "api/removed guestbook/all-in-one/frontend.yaml:19",
      "api/removed guestbook/all-in-one/redis-slave.yaml:18",
      "api/removed guestbook/redis-master-deployment.yaml:1",
    ],
  },
  springboot: {
    targets: { "overlays/production": 3, "overlays/staging": 3 },
    exit: 1,
    findings: [
      "schema/type overlays/production/healthcheck.yaml:15",
      "schema/type overlays/production/memorylimit.yaml:14",
    ],
  },
  transformers: {
    targets: { overlay: 3 },
    exit: 1,
    findings: ["schema/type base/extra/account.yaml:5"],
  },
  wordpress: {
    targets: { ".": 5 },
    exit: 1,
    findings: ["schema/type mysql/secret.yaml:8", "schema/unknown-field patch.yaml:11"],
  },
};

describe("other repositories", () => {
  test("every fixture is in the table", () => expect(readdirSync(fixtures).sort()).toEqual(Object.keys(table).sort()));

  test.each(Object.entries(table))("%s", async (name, { targets, exit, skipped = 0, findings }) => {
    const { code, stderr, report } = await check([], { cwd: repository({}, join(fixtures, name)) });
    expect(triples(withoutAdvice(report))).toEqual(findings);
    expect(Object.fromEntries(report.targets.map(({ path, resources }) => [path, resources]))).toEqual(targets);
    expect({ code, stderr, skipped: report.summary.skipped }).toEqual({ code: exit, stderr: "", skipped });
  });
});

describe("the original guestbook of this repository", () => {
  test("its Deployments use a removed API, and the findings name the replacement", async () => {
    const { report } = await check([], { cwd: repository({}, join(fixtures, "seed")) });
    const found = withoutAdvice(report).findings.map(({ resource, pointer, message, help }) => ({
      resource,
      pointer,
      message,
      help,
    }));
    const deployments = ["frontend", "redis-slave", "redis-master"];
    expect(found).toEqual(
      deployments.map((name) => ({
        resource: `extensions/v1beta1/Deployment/${name}`,
        pointer: "/apiVersion",
        message: "extensions/v1beta1 Deployment was removed in Kubernetes 1.16; use apps/v1 Deployment",
        help: "Set apiVersion: apps/v1; add spec.selector, which is required and must match the template's labels.",
      })),
    );
  });
});

describe("output of helm template on standard input", () => {
  const piped: Readonly<Record<string, { resources: number; findings: string[] }>> = {
    "ingress-controller.yaml": {
      resources: 11,
      findings: [
        "schema/type -:29",
        "link/replicas-with-hpa -:136",
        "schema/type -:209",
        "api/removed -:235",
        "gitops/hook-order -:311",
      ],
    },
    "database.yaml": { resources: 6, findings: ["schema/type -:143"] },
  };

  test.each(Object.entries(piped))("%s", async (file, { resources, findings }) => {
    const input = readFileSync(join(import.meta.dirname, "helm", file));
    const { code, report } = await check(["-"], { cwd: repository({}), input });
    expect(triples(withoutAdvice(report))).toEqual(findings);
    expect({ code, resources: report.summary.resources }).toEqual({ code: 1, resources });
  });
});
