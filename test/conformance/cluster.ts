import { spawnSync } from "node:child_process";
import { Agent, type RequestOptions, request } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import type { Json, JsonObject } from "../../tools/core/json.ts";

/** The number of concurrent requests. */
export const parallel = 16;

export interface Response {
  readonly status: number;
  readonly body: JsonObject;
  /** The texts of the Warning headers. */
  readonly warnings: readonly string[];
}

/**
 * A direct connection to an API server: a kubectl process for each of about ten thousand questions would take hours.
 */
export interface Cluster {
  /** The minor version, such as `1.36`. */
  readonly version: string;
  /** The path of a kind's objects; undefined for a kind that is not served. */
  pathOf(apiVersion: string, kind: string, namespace: string): Promise<string | undefined>;
  send(method: string, path: string, body?: Json, contentType?: string): Promise<Response>;
  close(): void;
}

interface Config {
  readonly clusters: readonly { readonly cluster: Readonly<Record<string, string | boolean>> }[];
  readonly users: readonly { readonly user: Readonly<Record<string, string>> }[];
}

/**
 * Connects to the cluster of a kubectl context.
 *
 * @throws Error with a message for the user, if the context does not exist or cannot be used.
 */
export async function connect(context: string): Promise<Cluster> {
  const options = connectionOf(readConfig(context), context);
  const agent = new Agent({ keepAlive: true, maxSockets: parallel });
  const send: Cluster["send"] = (method, path, body, contentType = "application/json") =>
    persistently(() => exchange({ ...options, agent, method, path }, body, contentType));
  const { body } = await send("GET", "/version");
  return {
    version: `${body.major}.${String(body.minor).replace(/\D+$/, "")}`,
    pathOf: pathFinder(send),
    send,
    close: () => agent.destroy(),
  };
}

function readConfig(context: string): Config {
  const args = ["config", "view", "--raw", "--minify", "--flatten", "--output", "json", "--context", context];
  const { error, status, stdout, stderr } = spawnSync("kubectl", args, { encoding: "utf8" });
  if (error) throw new Error(`kubectl could not be started: ${error.message}`);
  if (status !== 0) throw new Error(`kubectl has no context ${context}: ${stderr.trim()}`);
  return JSON.parse(stdout);
}

function connectionOf({ clusters, users }: Config, context: string): RequestOptions {
  const cluster = clusters[0]?.cluster ?? {};
  const user = users[0]?.user ?? {};
  const decoded = (text: unknown) => (typeof text === "string" ? Buffer.from(text, "base64") : undefined);
  const [cert, key] = [decoded(user["client-certificate-data"]), decoded(user["client-key-data"])];
  if (user.token === undefined && (cert === undefined || key === undefined))
    throw new Error(`the user of ${context} has neither a client certificate nor a token: use another context`);
  const { hostname, port } = new URL(String(cluster.server));
  return {
    hostname,
    port: port || 443,
    ca: decoded(cluster["certificate-authority-data"]),
    rejectUnauthorized: cluster["insecure-skip-tls-verify"] !== true,
    ...(cert !== undefined ? { cert, key } : {}),
    ...(user.token !== undefined ? { headers: { Authorization: `Bearer ${user.token}` } } : {}),
  };
}

/** Retries a request, as a server under load may briefly reject it. */
async function persistently(ask: () => Promise<Response>): Promise<Response> {
  for (let tries = 1; ; tries++) {
    try {
      const response = await ask();
      if (response.status !== 429 || tries === 5) return response;
    } catch (error) {
      // A handler that panics closes the connection each time.
      if (tries === 5) return { status: 599, body: { message: String(error) }, warnings: [] };
    }
    await sleep(200 * tries);
  }
}

function exchange(options: RequestOptions, body: Json | undefined, contentType: string): Promise<Response> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const headers = { ...options.headers, Accept: "application/json", "Content-Type": contentType };
  return new Promise((resolve, reject) => {
    const sent = request({ ...options, headers, timeout: 60_000 }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const warnings = (response.headers.warning ?? "").match(/(?<=^|, )299 - "(?:[^"\\]|\\.)*"/g) ?? [];
        resolve({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()), warnings });
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("the API server does not respond")));
    sent.on("error", reject);
    sent.end(payload);
  });
}

/** The body of a response. Not every error is JSON: for an unknown path, it is plain text. */
function parsed(text: string): JsonObject {
  try {
    return JSON.parse(text);
  } catch {
    return { message: text };
  }
}

interface ApiResource {
  readonly kind: string;
  readonly name: string;
  readonly namespaced: boolean;
}

/** Looks up kinds in the API server's discovery, once per API version. */
function pathFinder(send: Cluster["send"]): Cluster["pathOf"] {
  const found = new Map<string, Promise<readonly ApiResource[]>>();
  const resourcesOf = async (prefix: string) => {
    const { status, body } = await send("GET", prefix);
    return status === 200 ? (body.resources as unknown as readonly ApiResource[]) : [];
  };
  return async (apiVersion, kind, namespace) => {
    const prefix = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const resources = found.get(prefix) ?? resourcesOf(prefix);
    found.set(prefix, resources);
    const resource = (await resources).find((one) => one.kind === kind && !one.name.includes("/"));
    if (resource === undefined) return undefined;
    return resource.namespaced ? `${prefix}/namespaces/${namespace}/${resource.name}` : `${prefix}/${resource.name}`;
  };
}
