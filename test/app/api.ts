// The API of a frontend, as programs use it.

export interface Answer {
  readonly status: number;
  /** The body as it came. */
  readonly text: string;
  readonly type: string | null;
}

type Parameters = Readonly<Record<string, string>>;

/** `guestbook.php?…` with these parameters; with a body, a POST of it. */
export async function ask(api: string, parameters: Parameters, body?: Parameters, init?: RequestInit): Promise<Answer> {
  const post = body && { method: "POST", body: new URLSearchParams(body) };
  const response = await fetch(`${api}?${new URLSearchParams(parameters)}`, { ...post, ...init });
  return { status: response.status, text: await response.text(), type: response.headers.get("Content-Type") };
}

export const get = (api: string, key: string) => ask(api, { cmd: "get", key });
export const set = (api: string, key: string, value: string) => ask(api, { cmd: "set", key, value });
export const append = (api: string, key: string, value: string) => ask(api, { cmd: "append", key }, { value });

/** What a key holds. */
export async function dataOf(api: string, key: string): Promise<string> {
  const { status, text } = await get(api, key);
  if (status !== 200) throw new Error(`status ${status}: ${text}`);
  return JSON.parse(text).data;
}
