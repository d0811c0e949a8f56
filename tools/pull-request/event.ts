import { UserError } from "../core/errors.ts";

/** The run that ended, as GitHub tells it: nothing in it is the word of the run. */
export interface Run {
  /** The commit at the tip of the pull request's branch. */
  readonly sha: string;
  readonly branch: string;
  /** `owner/name` of the repository that has the branch: the fork's, where it is one. */
  readonly repository: string;
  readonly url: string;
  readonly failed: boolean;
}

/** A pull request, as GitHub tells it. */
export interface Pull {
  readonly number: number;
  readonly open: boolean;
  readonly base: string;
  readonly sha: string;
  readonly branch: string;
  /** Undefined where the fork is gone. */
  readonly repository: string | undefined;
}

/** Reads the event of `workflow_run`. @throws UserError when it is about something else. */
export function runIn(event: unknown): Run {
  const run = (event as { workflow_run?: Record<string, unknown> } | null)?.workflow_run;
  const { head_sha: sha, head_branch: branch, html_url: url, conclusion } = run ?? {};
  const { full_name: repository } = (run?.head_repository ?? {}) as Record<string, unknown>;
  if (run?.event !== "pull_request") throw new UserError("this is no run of a pull request");
  if (![sha, branch, url, repository].every((one) => typeof one === "string"))
    throw new UserError("the event does not say what was run");
  return { sha, branch, url, repository, failed: conclusion !== "success" } as Run;
}

/**
 * Whether a run was really about a pull request: that its artifact says so proves nothing. `changed`: it was, and there is a
 * newer commit by now.
 *
 * @throws UserError when it was about another branch.
 */
export function isOf(run: Run, pull: Pull): "current" | "changed" | "closed" {
  if (pull.repository !== run.repository || pull.branch !== run.branch)
    throw new UserError(
      `the artifact names pull request ${pull.number}, which is of another branch than ${run.branch} of ${run.repository}`,
    );
  if (!pull.open) return "closed";
  return pull.sha === run.sha ? "current" : "changed";
}
