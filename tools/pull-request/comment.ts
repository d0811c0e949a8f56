// Posts or updates a comment with the result of a run on a pull request: node dist/comment.js FOLDER [PATH…]
//
// FOLDER is the run's artifact; each PATH is a part of the gate's own code, if it is in the same repository. Use it in a workflow
// on workflow_run, in a checkout of the default branch, with a GITHUB_TOKEN that may write pull requests. The findings are also
// written to the file $SARIF for GitHub code scanning, and the step's output `ref` names the ref that they are for.
import { policiesOf } from "../commands/load-rules.ts";
import { type LoadedConfig, loadConfig } from "../config/config.ts";
import { readText } from "../config/files.ts";
import { UserError } from "../core/errors.ts";
import { registry } from "../gate/registry.ts";
import type { Report } from "../report/report.ts";
import { sarif } from "../report/sarif.ts";
import { visibleLines } from "../report/style.ts";
import { writeFiles } from "../system/disk.ts";
import { parsed, readArtifact } from "./artifact.ts";
import { bodyOf, marker } from "./body.ts";
import { decidingFiles } from "./deciding-files.ts";
import { isOf, runIn } from "./event.ts";
import { GitHub } from "./github.ts";

/** The author of comments posted with a workflow's own token. */
const robot = "github-actions[bot]";

main(process.argv.slice(2), process.env).then(console.log, (error) => {
  if (!(error instanceof UserError)) throw error;
  console.error(`comment: ${visibleLines(error.message)}`);
  process.exitCode = 1;
});

/** @returns a sentence that says what was done */
async function main([folder, ...own]: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  if (folder === undefined) throw new UserError("name the folder of the artifact");
  const run = runIn(parsed("the event of the workflow", readText(needed(env, "GITHUB_EVENT_PATH"))));
  const artifact = readArtifact(folder);
  const github = new GitHub({
    api: needed(env, "GITHUB_API_URL"),
    repository: needed(env, "GITHUB_REPOSITORY"),
    token: needed(env, "GITHUB_TOKEN"),
  });
  const pull = await github.pull(artifact.number);
  const state = isOf(run, pull);
  if (state !== "current") return `Nothing posted: pull request ${pull.number} was ${state} since the run.`;
  const { files, complete } = await github.files(pull.number);
  const config = loadConfig(process.cwd(), undefined);
  const judges = decidingFiles(files, config, own);
  const posted = await post(github, pull.number, bodyOf({ artifact, run, pull, judges, complete }));
  if (artifact.check && env.SARIF && env.GITHUB_OUTPUT) {
    const outputs = `${readText(env.GITHUB_OUTPUT)}ref=refs/pull/${pull.number}/head\n`;
    const content = await scanOf(artifact.check, config);
    writeFiles([
      { path: env.SARIF, content },
      { path: env.GITHUB_OUTPUT, content: outputs },
    ]);
  }
  return `${posted} on pull request ${pull.number}.`;
}

/** Creates SARIF from the report, with the rules of this checkout; SARIF created by the run itself cannot be trusted. */
async function scanOf(report: Report, config: LoadedConfig): Promise<string> {
  const rules = registry(await policiesOf(config));
  return sarif(report, { colours: false, failed: true, failOn: "error", rules, folder: "" });
}

/** Keeps exactly one comment and updates that of an earlier run. Comments by other authors are ignored. */
async function post(github: GitHub, number: number, body: string): Promise<string> {
  const comments = await github.comments(number);
  const [first, ...rest] = comments.filter((one) => one.author === robot && one.body.startsWith(marker));
  for (const { id } of rest) await github.remove(id);
  if (first === undefined) {
    await github.post(number, body);
    return "Posted the comment";
  }
  if (first.body.trimEnd() === body.trimEnd()) return "No change to the comment";
  await github.edit(first.id, body);
  return "Updated the comment";
}

function needed(env: NodeJS.ProcessEnv, name: string): string {
  const value = env[name];
  if (!value) throw new UserError(`${name} is not set: run this in a GitHub workflow`);
  return value;
}
