import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** A comment as GitHub stores it. */
export interface StoredComment {
  readonly id: number;
  body: string;
  readonly user: { readonly login: string };
}

/** A pull request as GitHub returns it. */
export interface HubPull {
  readonly state: string;
  readonly base: { readonly ref: string };
  readonly head: { readonly ref: string; readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

/** The part of GitHub's API that the comment program needs, for one repository, `shop/app`. */
export interface Hub {
  readonly api: string;
  readonly pulls: Map<number, HubPull>;
  /** The changed paths per pull request, of which 3,000 are listed; a renamed one as `old → new`. */
  readonly files: Map<number, string[]>;
  readonly comments: Map<number, StoredComment[]>;
  /** `METHOD path` of every request. */
  readonly requests: string[];
  /** Statuses to answer the next requests with. */
  readonly failures: number[];
}

/** Starts a hub. It is closed after the tests of the file. */
export async function hub(): Promise<Hub> {
  const state = { pulls: new Map(), files: new Map(), comments: new Map(), requests: [], failures: [] } as Omit<
    Hub,
    "api"
  >;
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://hub");
    state.requests.push(`${request.method} ${url.pathname.replace("/repos/shop/app/", "")}`);
    let text = "";
    for await (const chunk of request) text += chunk;
    const [status, answer] = answerTo(state, `${request.method}`, url, text);
    response.writeHead(status, { "content-type": "application/json" }).end(answer && JSON.stringify(answer));
  });
  await new Promise<void>((settle) => server.listen(0, "127.0.0.1", settle));
  afterAll(() => void server.close());
  return { ...state, api: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

function answerTo(state: Omit<Hub, "api">, method: string, url: URL, text: string): [number, unknown?] {
  const failure = state.failures.shift();
  if (failure !== undefined) return [failure, { message: "Something is out of order" }];
  const [, kind, number = "", list] =
    /^\/repos\/shop\/app\/(pulls|issues|issues\/comments)\/(\d+)(?:\/(\w+))?$/.exec(url.pathname) ?? [];
  const id = Number(number);
  if (kind === "issues/comments") return changeComment(state, method, id, text);
  const pull = state.pulls.get(id);
  if (pull === undefined) return [404, { message: "Not Found" }];
  if (kind === "pulls" && list === undefined) return [200, pull];
  if (list === "files") return [200, page(url, (state.files.get(id) ?? []).slice(0, 3000).map(fileOf))];
  const comments = state.comments.get(id) ?? [];
  if (method === "GET") return [200, page(url, comments)];
  const { body } = JSON.parse(text) as { body: string };
  if (body.length > 65_536) return [422, { message: "Validation Failed" }];
  state.comments.set(id, [...comments, { id: 1000 + comments.length, body, user: { login: "github-actions[bot]" } }]);
  return [201, {}];
}

function changeComment({ comments }: Omit<Hub, "api">, method: string, id: number, text: string): [number, unknown?] {
  for (const [pull, list] of comments) {
    const comment = list.find((one) => one.id === id);
    if (comment === undefined) continue;
    if (method === "PATCH") comment.body = (JSON.parse(text) as StoredComment).body;
    else
      comments.set(
        pull,
        list.filter((one) => one !== comment),
      );
    return method === "PATCH" ? [200, {}] : [204];
  }
  return [404, { message: "Not Found" }];
}

function page<T>(url: URL, all: readonly T[]): T[] {
  const [size, number] = [Number(url.searchParams.get("per_page")), Number(url.searchParams.get("page"))];
  return all.slice(size * (number - 1), size * number);
}

function fileOf(text: string) {
  const [old = "", name] = text.split(" → ");
  return name === undefined ? { filename: old } : { filename: name, previous_filename: old };
}
