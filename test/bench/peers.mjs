// Other programs that check manifests, as separate processes. --peers builds them once, with Go, in the user's cache folder.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { compared, folder } from "./measure.mjs";
import { gitops, node } from "./programs.mjs";
import { judged, rendered } from "./single.mjs";
import { strictSchemas } from "./strict-schemas.mjs";

const modules = {
  kustomize: "sigs.k8s.io/kustomize/kustomize/v5@v5.8.2",
  kubeconform: "github.com/yannh/kubeconform/cmd/kubeconform@v0.8.0",
  conftest: "github.com/open-policy-agent/conftest@v0.71.1",
};
/** The version of the schemas for the peers. */
const kubernetes = "v1.36.3";

const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "guestbook-gitops-bench");
const bin = join(home, "bin");
const asked = process.argv.includes("--peers");
const program = (name) => join(bin, name);

/** @throws Error if Go is missing, or cannot load a module. */
function build(name) {
  if (existsSync(program(name))) return;
  console.error(`building ${modules[name]} …`);
  execFileSync("go", ["install", modules[name]], { env: { ...process.env, GOBIN: bin }, stdio: "inherit" });
}

/** A folder with strict schemas in kubeconform's layout. */
function schemas() {
  const target = join(home, `schemas-${kubernetes}`);
  if (existsSync(target)) return target;
  const said = execFileSync("go", ["mod", "download", "-json", `k8s.io/kubernetes@${kubernetes}`], {
    encoding: "utf8",
  });
  const swagger = JSON.parse(readFileSync(join(JSON.parse(said).Dir, "api/openapi-spec/swagger.json"), "utf8"));
  mkdirSync(target, { recursive: true });
  for (const [name, schema] of strictSchemas(swagger)) writeFileSync(join(target, name), JSON.stringify(schema));
  return target;
}

const kubeconformWords = () => [
  program("kubeconform"),
  "-strict",
  "-ignore-missing-schemas",
  "-schema-location",
  `${schemas()}/{{.ResourceKind}}{{.KindSuffix}}.json`,
];

// The policy of the fleet in conftest's language: https://www.conftest.dev/
const rego = `package main
import rego.v1
deny contains msg if {
  input.kind == "Deployment"
  not input.metadata.labels.team
  msg := "set the label team"
}
`;

function pipelineOfPeers() {
  for (const name of Object.keys(modules)) build(name);
  const policies = join(folder, "rego");
  mkdirSync(policies, { recursive: true });
  writeFileSync(join(policies, "team.rego"), rego);
  const script = join(folder, "pipeline.sh");
  const [quoted, text] = [
    kubeconformWords()
      .map((word) => `'${word}'`)
      .join(" "),
    join(folder, "rendered-$$.yaml"),
  ];
  const lines = [
    `${program("kustomize")} build "$1" > ${text}`,
    `${quoted} ${text}`,
    `${program("conftest")} test --policy ${policies} ${text}`,
    `rm ${text}`,
  ];
  writeFileSync(script, `${lines.join("\n")}\n`);
  return `sh ${script}`;
}

/**
 * What a repository would use instead of the gate, with its kustomize; without --peers, the gate itself, run per
 * overlay.
 */
export const pipeline = asked
  ? { title: "kustomize 5, kubeconform and conftest", words: pipelineOfPeers, kustomize: program("kustomize") }
  : {
      title: "one process of the gate (with --peers: three other programs)",
      words: () => `${node} ${gitops} check --no-cache`,
    };

function againstKubeconform(name, title, file) {
  return {
    name: `kubeconform-${name}`,
    title: `gitops check --no-cache of ${title}, compared with kubeconform with local strict schemas`,
    peers: true,
    runs: 3,
    run: (runs) => {
      build("kubeconform");
      const ours = { command: [node, gitops, "check", "--no-cache", file()], cwd: folder };
      return compared(ours, { command: [...kubeconformWords(), file()] }, runs);
    },
    goal: ({ ratio }) => ["≥ 2 × faster", ratio <= 0.5],
  };
}

export const peers = [
  againstKubeconform("file", "6,000 resources in a file", rendered),
  againstKubeconform("judged", "25,629 recorded manifests in a file", judged),
];
