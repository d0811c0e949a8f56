import { UserError } from "../core/errors.ts";
import type { Pull } from "./event.ts";

/** The files that a pull request changes. */
export interface Changed {
  /** Paths; renamed files appear with both paths. */
  readonly files: readonly string[];
  /** False if it may change more files than GitHub lists. */
  readonly complete: boolean;
}

/** A comment on a pull request. */
interface Comment {
  readonly id: number;
  readonly body: string;
  /** The login of the author. */
  readonly author: string;
}

/** The API, repository and token to use. */
export interface Access {
  /** `https://api.github.com` */
  readonly api: string;
  /** `owner/name` */
  readonly repository: string;
  readonly token: string;
}

const pageSize = 100;
/**
 * GitHub lists at most 3,000 files of a pull request; more comments are not expected.
 * https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
 */
const maxPages = 30;

/** The GitHub requests needed for a comment. https://docs.github.com/en/rest */
export class GitHub {
  readonly #access: Access;

  constructor(access: Access) {
    this.#access = access;
  }

  async pull(number: number): Promise<Pull> {
    const { state, base, head } = (await this.#ask("GET", `pulls/${number}`)) as RawPull;
    return {
      number,
      open: state === "open",
      base: base.ref,
      sha: head.sha,
      branch: head.ref,
      repository: head.repo?.full_name,
    };
  }

  async files(number: number): Promise<Changed> {
    const raw = (await this.#all(`pulls/${number}/files`)) as RawFile[];
    const files = raw.flatMap(({ filename, previous_filename }) => [
      filename,
      ...(previous_filename ? [previous_filename] : []),
    ]);
    return { files, complete: raw.length < pageSize * maxPages };
  }

  async comments(number: number): Promise<Comment[]> {
    const comments = (await this.#all(`issues/${number}/comments`)) as RawComment[];
    return comments.map(({ id, body, user }) => ({ id, body: body ?? "", author: user?.login ?? "" }));
  }

  async post(number: number, body: string): Promise<void> {
    await this.#ask("POST", `issues/${number}/comments`, { body });
  }

  async edit(comment: number, body: string): Promise<void> {
    await this.#ask("PATCH", `issues/comments/${comment}`, { body });
  }

  async remove(comment: number): Promise<void> {
    await this.#ask("DELETE", `issues/comments/${comment}`);
  }

  async #all(path: string): Promise<unknown[]> {
    const all: unknown[] = [];
    for (let page = 1; page <= maxPages; page++) {
      const some = (await this.#ask("GET", `${path}?per_page=${pageSize}&page=${page}`)) as unknown[];
      all.push(...some);
      if (some.length < pageSize) break;
    }
    return all;
  }

  /** Sends a request; server errors are retried twice. @throws UserError with GitHub's answer */
  async #ask(method: string, path: string, body?: object, tries = 3): Promise<unknown> {
    const { api, repository, token } = this.#access;
    const response = await fetch(`${api}/repos/${repository}/${path}`, {
      method,
      headers: {
        accept: "application/vnd.github+json",
        authorization: `Bearer ${token}`,
        "x-github-api-version": "2022-11-28",
      },
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    }).catch((error: Error) => error);
    if (response instanceof Response && response.ok) return response.status === 204 ? undefined : response.json();
    const answer = response instanceof Error ? response.message : `${response.status} ${await messageIn(response)}`;
    const mayPass = response instanceof Error || response.status >= 500;
    // A POST without an answer may still have succeeded.
    if (!mayPass || method === "POST" || tries <= 1)
      throw new UserError(`GitHub answered ${method} ${path}: ${answer}`);
    await new Promise((settle) => setTimeout(settle, 1000));
    return this.#ask(method, path, body, tries - 1);
  }
}

async function messageIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    return String((JSON.parse(text) as { message?: unknown }).message);
  } catch {
    return text.slice(0, 200);
  }
}

/** The parts of GitHub's answers that are used. */
interface RawPull {
  readonly state: string;
  readonly base: { readonly ref: string };
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null };
}
interface RawFile {
  readonly filename: string;
  readonly previous_filename?: string;
}
interface RawComment {
  readonly id: number;
  readonly body: string | null;
  readonly user: { readonly login: string } | null;
}
