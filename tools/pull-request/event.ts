import { UserError } from "../core/errors.ts";

/** The completed run, according to GitHub; nothing in it comes from the run itself. */
export interface Run {
  /** The commit at the tip of the pull request's branch. */
  readonly sha: string;
  readonly branch: string;
  /** `owner/name` of the repository with the branch, which may be a fork. */
  readonly repository: string;
  readonly url: string;
  readonly failed: boolean;
}

/** A pull request, according to GitHub. */
export interface Pull {
  readonly number: number;
  readonly open: boolean;
  readonly base: string;
  readonly sha: string;
  readonly branch: string;
  /** Undefined if the fork was deleted. */
  readonly repository: string | undefined;
}

/** Reads a `workflow_run` event. @throws UserError for any other event */
export function runIn(event: unknown): Run {
  const run = (event as { workflow_run?: Record<string, unknown> } | null)?.workflow_run;
  const { head_sha: sha, head_branch: branch, html_url: url, conclusion } = run ?? {};
  const { full_name: repository } = (run?.head_repository ?? {}) as Record<string, unknown>;
  if (run?.event !== "pull_request") throw new UserError("this is not a run on a pull request");
  if (![sha, branch, url, repository].every((one) => typeof one === "string"))
    throw new UserError("the event does not describe the run");
  return { sha, branch, url, repository, failed: conclusion !== "success" } as Run;
}

/**
 * Checks that a run belongs to a pull request, because its artifact cannot be trusted. `changed`: it does, but there is a newer
 * commit by now.
 *
 * @throws UserError if the run was on another branch
 */
export function isOf(run: Run, pull: Pull): "current" | "changed" | "closed" {
  if (pull.repository !== run.repository || pull.branch !== run.branch)
    throw new UserError(
      `the artifact names pull request ${pull.number}, which is not for branch ${run.branch} of ${run.repository}`,
    );
  if (!pull.open) return "closed";
  return pull.sha === run.sha ? "current" : "changed";
}
