import type { Effect } from "../../tools/diff/effect.ts";

/** An effect on an object, such as `rolling-restart Deployment/frontend`; `pruned` and `added` concern the whole object. */
export type Seen = `${Effect | "pruned" | "added"} ${string}`;

/** A commit to the repository under test, and its expected effects on the cluster. */
export interface Commit {
  readonly what: string;
  readonly overlay: string;
  /** The files to write, by path relative to the overlay's folder; undefined removes a file. */
  readonly files: Readonly<Record<string, string | undefined>>;
  /** Everything that `gitops diff` must forecast and that must happen; empty if nothing may change. */
  readonly effects: readonly Seen[];
}

/** A commit that the gate rejects: with the rule, the field, and a pattern of the API server's message. */
export interface Rejected {
  readonly what: string;
  readonly overlay: string;
  readonly files: Readonly<Record<string, string>>;
  readonly rule: string;
  readonly path: string;
  readonly says: RegExp;
}

/** The overlay's kustomization with additions. */
function kustomization(
  more: { patches?: readonly string[]; resources?: readonly string[]; head?: string } = {},
): string {
  const { patches = [], resources = [], head = "The guestbook under test." } = more;
  const list = (name: string, items: readonly string[]) =>
    items.length === 0 ? [] : [`${name}:`, ...items.map((item) => `  - ${item}`)];
  return `${[
    `# ${head}`,
    "apiVersion: kustomize.config.k8s.io/v1beta1",
    "kind: Kustomization",
    "namespace: guestbook-dns",
    ...list("resources", ["namespace.yaml", "../../base", ...resources]),
    ...list(
      "patches",
      patches.map((path) => `path: ${path}`),
    ),
  ].join("\n")}\n`;
}

const object = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
export const deployment = (name: string, spec: object, metadata: object = {}) =>
  object({ apiVersion: "apps/v1", kind: "Deployment", metadata: { name, ...metadata }, spec });
const container = (more: object) => ({ template: { spec: { containers: [{ name: "php-redis", ...more }] } } });
const noted = (note: string) => ({ template: { metadata: { annotations: { "guestbook.example.com/note": note } } } });
const budget = (maxUnavailable: number) =>
  object({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "redis-slave" },
    spec: { maxUnavailable, selector: { matchLabels: { app: "redis", role: "slave" } } },
  });

/** A second small Redis beside the guestbook. */
const labels = { app: "redis", role: "spare", tier: "backend" };
const spare = (args: readonly string[]) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "redis-spare", labels },
  spec: {
    replicas: 1,
    strategy: { type: "Recreate" },
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        containers: [
          {
            name: "master",
            image: "redis:8.8.3-alpine",
            args,
            resources: { requests: { cpu: "100m", memory: "100Mi" } },
            ports: [{ containerPort: 6379 }],
          },
        ],
      },
    },
  },
});
const service = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "redis-spare", labels },
  spec: { selector: labels, ports: [{ port: 6379 }] },
};

/** The commits build on each other. */
export const commits: readonly Commit[] = [
  {
    what: "a comment in the overlay",
    overlay: "dns",
    files: { "kustomization.yaml": kustomization({ head: "Nothing but other words." }) },
    effects: [],
  },
  {
    what: "the same quantity in another notation",
    overlay: "dns",
    files: {
      "kustomization.yaml": kustomization({ patches: ["frontend.yaml"] }),
      "frontend.yaml": deployment("frontend", container({ resources: { requests: { cpu: "0.1" } } })),
    },
    effects: [],
  },
  {
    what: "an annotation on the Deployment but not on its pods",
    overlay: "dns",
    files: { "frontend.yaml": deployment("frontend", {}, { annotations: { "guestbook.example.com/owner": "us" } }) },
    effects: ["none Deployment/frontend"],
  },
  {
    what: "one more frontend",
    overlay: "dns",
    files: {
      "frontend.yaml": deployment(
        "frontend",
        { replicas: 4 },
        { annotations: { "guestbook.example.com/owner": "us" } },
      ),
    },
    effects: ["scale Deployment/frontend"],
  },
  {
    what: "two fewer frontends, and the annotation removed",
    overlay: "dns",
    files: { "frontend.yaml": deployment("frontend", { replicas: 2 }) },
    effects: ["scale Deployment/frontend"],
  },
  {
    what: "an environment variable",
    overlay: "dns",
    files: {
      "frontend.yaml": deployment("frontend", {
        replicas: 2,
        ...container({ env: [{ name: "GREETING", value: "hello" }] }),
      }),
    },
    effects: ["rolling-restart Deployment/frontend"],
  },
  {
    what: "an annotation on the slaves' pods",
    overlay: "dns",
    files: {
      "kustomization.yaml": kustomization({ patches: ["frontend.yaml", "redis-slave.yaml"] }),
      "redis-slave.yaml": deployment("redis-slave", noted("1")),
    },
    effects: ["rolling-restart Deployment/redis-slave"],
  },
  {
    what: "a disruption budget",
    overlay: "dns",
    files: {
      "kustomization.yaml": kustomization({
        patches: ["frontend.yaml", "redis-slave.yaml"],
        resources: ["budget.yaml"],
      }),
      "budget.yaml": budget(1),
    },
    effects: ["added PodDisruptionBudget/redis-slave"],
  },
  {
    what: "a larger disruption budget",
    overlay: "dns",
    files: { "budget.yaml": budget(2) },
    effects: ["none PodDisruptionBudget/redis-slave"],
  },
  {
    what: "the budget removed, and a second Redis added",
    overlay: "dns",
    files: {
      "kustomization.yaml": kustomization({
        patches: ["frontend.yaml", "redis-slave.yaml"],
        resources: ["spare.yaml", "service.yaml"],
      }),
      "budget.yaml": undefined,
      "spare.yaml": object(spare([])),
      "service.yaml": object(service),
    },
    effects: ["pruned PodDisruptionBudget/redis-slave", "added Deployment/redis-spare", "added Service/redis-spare"],
  },
  {
    what: "an argument of the second Redis, which uses Recreate",
    overlay: "dns",
    files: { "spare.yaml": object(spare(["--maxmemory", "10mb"])) },
    effects: ["recreate Deployment/redis-spare"],
  },
  {
    what: "the second Redis removed",
    overlay: "dns",
    files: {
      "kustomization.yaml": kustomization({ patches: ["frontend.yaml", "redis-slave.yaml"] }),
      "spare.yaml": undefined,
      "service.yaml": undefined,
    },
    effects: ["pruned Deployment/redis-spare", "pruned Service/redis-spare"],
  },
];

export const rejected: readonly Rejected[] = [
  {
    what: "a changed selector",
    overlay: "dns",
    files: {
      "frontend.yaml": deployment("frontend", {
        replicas: 2,
        selector: { matchLabels: { version: "2" } },
        template: { metadata: { labels: { version: "2" } } },
      }),
    },
    rule: "apply/immutable-field",
    path: "spec.selector",
    says: /field is immutable/,
  },
  {
    what: "a request above its limit",
    overlay: "dns",
    files: {
      "frontend.yaml": deployment("frontend", {
        replicas: 2,
        ...container({ resources: { limits: { memory: "50Mi" } } }),
      }),
    },
    rule: "apply/quantity",
    path: "spec.template.spec.containers[0].resources.requests",
    says: /must be less than or equal to memory limit of 50Mi/,
  },
  {
    what: "strategy Recreate over a rollingUpdate that the API server defaulted",
    overlay: "dns",
    files: { "frontend.yaml": deployment("frontend", { replicas: 2, strategy: { type: "Recreate" } }) },
    rule: "apply/immutable-field",
    path: "spec.strategy.rollingUpdate",
    says: /may not be specified when strategy `type` is 'Recreate'/,
  },
];
