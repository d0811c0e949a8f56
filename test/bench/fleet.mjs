// A repository with many overlays for the benchmark: teams × environments, with shared bases, components, both types of patches,
// generators and replacements; 9 to 37 resources per overlay. The same seed creates the same files.
// `node test/bench/fleet.mjs FOLDER COUNT` writes such a repository.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { dump } from "js-yaml";

const programs = ["web", "api", "worker", "queue"];
const environments = ["dev", "test", "staging", "production"];

/** mulberry32: small, and good enough for choices. */
function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Writes a fleet of `count` overlays into an empty folder.
 *
 * @returns the paths of the overlays, relative to the folder.
 */
export function writeFleet(folder, count, seed = 7) {
  const chance = random(seed);
  const pick = (list) => list[Math.floor(chance() * list.length)];
  const put = (path, ...documents) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    const text = documents.map((one) => (typeof one === "string" ? one : dump(one, { lineWidth: -1 })));
    writeFileSync(join(folder, path), text.join("---\n"));
  };
  mkdirSync(join(folder, ".git"), { recursive: true });
  put("gitops.yaml", { targets: ["teams"], profile: "baseline", policies: ["policies"] });
  put("policies/team.yaml", teamPolicy);
  for (const [name, component] of Object.entries(components)) {
    put(`components/${name}/kustomization.yaml`, {
      apiVersion: "kustomize.config.k8s.io/v1alpha1",
      kind: "Component",
      ...component,
    });
  }
  for (const app of programs) putApp(put, app);
  const overlays = [];
  for (let team = 0; overlays.length < count; team++) {
    const name = `team-${String(team).padStart(4, "0")}`;
    const apps = Array.from({ length: 1 + Math.floor(chance() ** 2 * 5) }, () => pick(programs));
    putTeam(put, name, apps);
    for (const environment of environments.slice(0, count - overlays.length)) {
      putOverlay(put, `teams/${name}/${environment}`, { name, environment, apps, chance, pick });
      overlays.push(`teams/${name}/${environment}`);
    }
  }
  return overlays;
}

const teamPolicy = {
  id: "fleet/team",
  severity: "error",
  why: "The team is called when it breaks at night.",
  fix: "Set the label team.",
  match: { kind: "Deployment" },
  schema: {
    properties: { metadata: { properties: { labels: { required: ["team"] } }, required: ["labels"] } },
    required: ["metadata"],
  },
};

const components = {
  hardened: {
    patches: [
      {
        target: { kind: "Deployment" },
        patch: dump([
          { op: "add", path: "/spec/template/spec/securityContext", value: { runAsNonRoot: true, runAsUser: 1000 } },
          {
            op: "add",
            path: "/spec/template/spec/containers/0/securityContext",
            value: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          },
        ]),
      },
    ],
  },
  available: {
    patches: [{ target: { kind: "Deployment" }, patch: dump([{ op: "replace", path: "/spec/replicas", value: 3 }]) }],
  },
  labeled: { commonAnnotations: { "fleet.example.com/managed": "true" } },
};

/** Writes the seven resources of a program. */
function putApp(put, app) {
  const labels = { app };
  const metadata = { name: app, labels };
  putWorkload(put, app, metadata);
  putAccess(put, app, metadata);
  putTraffic(put, app, metadata);
  put(`apps/${app}/kustomization.yaml`, { resources: ["deployment.yaml", "access.yaml", "traffic.yaml"] });
}

function putWorkload(put, app, metadata) {
  const { labels } = metadata;
  const probe = { httpGet: { path: "/healthz", port: "http" }, periodSeconds: 5 };
  const container = {
    name: "main",
    image: `registry.example.com/fleet/${app}:1.0.0`,
    ports: [{ name: "http", containerPort: 8080 }],
    env: [
      { name: "LOG_LEVEL", value: "info" },
      { name: "PEER", value: "placeholder" },
    ],
    readinessProbe: probe,
    livenessProbe: probe,
    resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  };
  put(
    `apps/${app}/deployment.yaml`,
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { serviceAccountName: app, containers: [container] } },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
  );
}

function putAccess(put, app, metadata) {
  put(
    `apps/${app}/access.yaml`,
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata,
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: app },
      subjects: [{ kind: "ServiceAccount", name: app }],
    },
  );
}

function putTraffic(put, app, metadata) {
  const { labels } = metadata;
  put(
    `apps/${app}/traffic.yaml`,
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata,
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ["Ingress"],
        ingress: [{ ports: [{ port: "http" }] }],
      },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata,
      spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
    },
  );
}

function putTeam(put, team, apps) {
  for (const [index, app] of apps.entries()) {
    put(`teams/${team}/base/app-${index}/kustomization.yaml`, {
      resources: [`../../../../apps/${app}`],
      nameSuffix: `-${index}`,
      commonLabels: { program: `app-${index}` },
    });
  }
  const folders = apps.map((_, index) => `app-${index}`);
  put(`teams/${team}/base/kustomization.yaml`, { resources: folders, commonLabels: { team } });
}

function putOverlay(put, path, { name, environment, apps, chance, pick }) {
  const production = environment === "production";
  const used = ["labeled", ...(production ? ["hardened", "available"] : chance() < 0.4 ? ["hardened"] : [])];
  put(`${path}/namespace.yaml`, { apiVersion: "v1", kind: "Namespace", metadata: { name: `${name}-${environment}` } });
  put(
    `${path}/settings.properties`,
    `environment=${environment}\nteam=${name}\nlevel=${pick(["info", "debug", "warn"])}\n`,
  );
  const memory = pick(["192Mi", "256Mi", "384Mi"]);
  put(`${path}/memory.yaml`, [
    { op: "replace", path: "/spec/template/spec/containers/0/resources/requests/memory", value: memory },
    { op: "replace", path: "/spec/template/spec/containers/0/resources/limits/memory", value: "512Mi" },
  ]);
  const target = {
    select: { kind: "Deployment" },
    fieldPaths: ["spec.template.spec.containers.[name=main].env.[name=PEER].value"],
  };
  put(`${path}/kustomization.yaml`, {
    namespace: `${name}-${environment}`,
    resources: ["namespace.yaml", "../base"],
    components: used.map((component) => `../../../components/${component}`),
    configMapGenerator: [{ name: "settings", files: ["settings.properties"] }],
    patches: [{ path: "memory.yaml", target: { kind: "Deployment" } }],
    images: [{ name: `registry.example.com/fleet/${pick(apps)}`, newTag: `1.${Math.floor(chance() * 40)}.0` }],
    ...(apps.length > 1 && {
      replacements: [
        { source: { kind: "ConfigMap", name: "settings", fieldPath: "metadata.name" }, targets: [target] },
      ],
    }),
  });
}

const [program, place, count] = process.argv.slice(1);
if (program && import.meta.url === pathToFileURL(program).href) writeFleet(place, Number(count));
