// Rows for this repository and for single files.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { judgedText, renderedText } from "./manifests.mjs";
import { compared, folder, printed } from "./measure.mjs";
import { gitops, kustomize, node, nothing } from "./programs.mjs";

/** A file that is created when it is first used. */
const made = (name, make) => {
  let path;
  return () => {
    if (path === undefined) {
      path = join(folder, name);
      writeFileSync(path, make());
      // Without the hardening advice, which would be most of the findings, but is not part of the comparison.
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
/** A check with its own cache, which the first run fills; that run does not count. */
const warm = (name, ...words) => ({
  command: [node, gitops, "check", ...words],
  env: { GITOPS_CACHE_DIR: join(folder, `cache-${name}`) },
});
const rules = (file, part) => ({ command: [node, "test/bench/rules.mjs", file, part] });

export const single = [
  {
    name: "help",
    title: "gitops --help, compared with node -e 0",
    run: (runs) => compared({ command: [node, gitops, "--help"] }, nothing, runs),
    goal: ({ difference }) => ["≤ 40 ms more", difference <= 40],
  },
  {
    name: "version",
    title: "gitops --version, compared with node -e 0",
    run: (runs) => compared({ command: [node, gitops, "--version"] }, nothing, runs),
    goal: ({ ratio }) => ["≤ 1.3 ×", ratio <= 1.3],
  },
  {
    name: "dns",
    title: "gitops check overlays/dns --no-cache, compared with its kustomize build",
    run: (runs) => compared(cold("overlays/dns"), { command: [kustomize, "build", "overlays/dns"] }, runs),
    goal: ({ difference }) => ["≤ 150 ms more", difference <= 150],
  },
  {
    name: "dns-unchanged",
    title: "gitops check overlays/dns, unchanged, compared with its kustomize build",
    goal: ({ difference }) => ["≤ 150 ms more", difference <= 150],
    run: (runs) => compared(warm("dns", "overlays/dns"), { command: [kustomize, "build", "overlays/dns"] }, runs),
  },
  {
    name: "repository",
    title: "gitops check --no-cache, compared with a kustomize build of every target",
    runs: 5,
    run: (runs) => {
      const script = `for t in overlays/* clusters/*; do ${JSON.stringify(kustomize)} build "$t"; done`;
      return compared(cold(), { command: ["sh", "-c", script] }, runs);
    },
  },
  {
    name: "repository-unchanged",
    title: "gitops check, unchanged, compared with node -e 0",
    runs: 5,
    run: (runs) => compared(warm("repository"), nothing, runs),
  },
  {
    name: "file",
    title: "gitops check --no-cache of 6,000 resources in a file, compared with parsing it with js-yaml",
    runs: 7,
    run: (runs) => compared({ ...cold(rendered()), cwd: folder }, parse(rendered()), runs),
    goal: ({ ratio }) => ["≤ 1.3 ×", ratio <= 1.3],
  },
  {
    name: "rules",
    title: "all rules for 6,000 resources, compared with parsing them with js-yaml",
    runs: 7,
    run: (runs) => compared(rules(rendered(), "rules"), rules(rendered(), "parse"), runs, printed),
    goal: ({ ratio }) => ["≤ 1 ×", ratio <= 1],
  },
  {
    name: "judged",
    title: "validation of 25,629 recorded manifests, compared with parsing them with js-yaml",
    runs: 5,
    run: (runs) => compared({ command: [node, "test/validate/agreement.mjs", "all", "none"] }, parse(judged()), runs),
    goal: ({ ms }) => ["≤ 3,600 ms", ms <= 3600],
  },
  {
    name: "judged-located",
    title: "gitops check --no-cache of these manifests in a file, with every finding located and reported",
    runs: 3,
    run: (runs) => compared({ ...cold(judged(), "-o", "json"), cwd: folder }, parse(judged()), runs),
  },
];
