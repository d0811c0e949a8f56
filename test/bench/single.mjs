// Rows of this repository and of single files.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgedText, renderedText } from "./manifests.mjs";
import { compared, folder, told } from "./measure.mjs";
import { gitops, kustomize, node, nothing } from "./programs.mjs";

/** A file that is made when it is first asked for. */
const made = (name, make) => {
  let path;
  return () => {
    if (path === undefined) {
      path = join(folder, name);
      writeFileSync(path, make());
      // Advice on hardening would be most of what is found, and none of what is compared.
      writeFileSync(join(folder, "gitops.yaml"), "profile: baseline\n");
    }
    return path;
  };
};
export const rendered = made("rendered.yaml", () => renderedText(kustomize, 6000));
export const judged = made("judged.yaml", judgedText);

const parse = (file) => ({
  command: [
    node,
    "-e",
    `require("js-yaml").loadAll(require("node:fs").readFileSync(${JSON.stringify(file)}, "utf8"), () => {})`,
  ],
});
const cold = (...words) => ({ command: [node, gitops, "check", "--no-cache", ...words] });
/** A memory of its own, which the run that does not count fills. */
const warm = (name, ...words) => ({
  command: [node, gitops, "check", ...words],
  env: { GITOPS_CACHE_DIR: join(folder, `cache-${name}`) },
});
const rules = (file, part) => ({ command: [node, "test/bench/rules.mjs", file, part] });

export const single = [
  {
    name: "help",
    title: "gitops --help, over node -e 0",
    run: (runs) => compared({ command: [node, gitops, "--help"] }, nothing, runs),
    goal: ({ difference }) => ["≤ 40 ms more", difference <= 40],
  },
  {
    name: "version",
    title: "gitops --version, over node -e 0",
    run: (runs) => compared({ command: [node, gitops, "--version"] }, nothing, runs),
    goal: ({ ratio }) => ["≤ 1.3 ×", ratio <= 1.3],
  },
  {
    name: "dns",
    title: "gitops check overlays/dns --no-cache, over its kustomize build",
    run: (runs) => compared(cold("overlays/dns"), { command: [kustomize, "build", "overlays/dns"] }, runs),
    goal: ({ difference }) => ["≤ 150 ms more", difference <= 150],
  },
  {
    name: "dns-unchanged",
    title: "gitops check overlays/dns, unchanged, over its kustomize build",
    goal: ({ difference }) => ["≤ 150 ms more", difference <= 150],
    run: (runs) => compared(warm("dns", "overlays/dns"), { command: [kustomize, "build", "overlays/dns"] }, runs),
  },
  {
    name: "repository",
    title: "gitops check --no-cache, over a kustomize build of every target",
    runs: 5,
    run: (runs) => {
      const script = `for t in overlays/* clusters/*; do ${JSON.stringify(kustomize)} build "$t"; done`;
      return compared(cold(), { command: ["sh", "-c", script] }, runs);
    },
  },
  {
    name: "repository-unchanged",
    title: "gitops check, unchanged, over node -e 0",
    runs: 5,
    run: (runs) => compared(warm("repository"), nothing, runs),
  },
  {
    name: "file",
    title: "gitops check --no-cache of 6,000 resources in a file, over js-yaml reading it",
    runs: 7,
    run: (runs) => compared({ ...cold(rendered()), cwd: folder }, parse(rendered()), runs),
    goal: ({ ratio }) => ["≤ 1.3 ×", ratio <= 1.3],
  },
  {
    name: "rules",
    title: "all rules over 6,000 resources, over js-yaml reading them",
    runs: 7,
    run: (runs) => compared(rules(rendered(), "rules"), rules(rendered(), "parse"), runs, told),
    goal: ({ ratio }) => ["≤ 1 ×", ratio <= 1],
  },
  {
    name: "judged",
    title: "25,629 judged manifests validated, over js-yaml reading them",
    runs: 5,
    run: (runs) => compared({ command: [node, "test/validate/agreement.mjs", "all", "none"] }, parse(judged()), runs),
    goal: ({ ms }) => ["≤ 3,600 ms", ms <= 3600],
  },
  {
    name: "judged-located",
    title: "gitops check --no-cache of them in a file, every finding located and reported",
    runs: 3,
    run: (runs) => compared({ ...cold(judged(), "-o", "json"), cwd: folder }, parse(judged()), runs),
  },
];
