// A client for the frontend's API.
import { request } from "node:http";

export interface Answer {
  readonly status: number;
  /** The raw body. */
  readonly text: string;
  readonly type: string | null;
}

type Parameters = Readonly<Record<string, string>>;

/** Requests `guestbook.php?…` with these parameters: a POST if there is a body, else a GET. */
export async function ask(api: string, parameters: Parameters, body?: Parameters, init?: RequestInit): Promise<Answer> {
  const post = body && { method: "POST", body: new URLSearchParams(body) };
  const response = await fetch(`${api}?${new URLSearchParams(parameters)}`, { ...post, ...init });
  return { status: response.status, text: await response.text(), type: response.headers.get("Content-Type") };
}

export const get = (api: string, key: string) => ask(api, { cmd: "get", key });
export const set = (api: string, key: string, value: string) => ask(api, { cmd: "set", key, value });
export const append = (api: string, key: string, value: string) => ask(api, { cmd: "append", key }, { value });

/** The value of a key. @throws Error unless the status is 200 */
export async function dataOf(api: string, key: string): Promise<string> {
  const { status, text } = await get(api, key);
  if (status !== 200) throw new Error(`status ${status}: ${text}`);
  return JSON.parse(text).data;
}

/** Sends a chunked POST, which does not announce its length. @returns the whole answer */
export function chunked(url: string, body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/x-www-form-urlencoded", "Transfer-Encoding": "chunked" };
    const sent = request(url, { method: "POST", headers }, async (response) => {
      const parts: Buffer[] = [];
      for await (const part of response) parts.push(part as Buffer);
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
