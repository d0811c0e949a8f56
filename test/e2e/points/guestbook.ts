import { type Bed, demand, eventually } from "../bed.ts";
import { type Answer, ask, askOne } from "../visitor.ts";
import { frontendUrls, serviceUrl } from "./pods.ts";

/** The document's URLs answer through the Service like the document's frontend. */
export async function documentsUrls(bed: Bed, overlay: string): Promise<string> {
  const url = await serviceUrl(bed, overlay);
  const page = await askOne(bed, url.replace("guestbook.php", ""));
  demand(page.status === 200 && /<title>.*Guestbook/i.test(page.body), `the page: ${shown(page)}`);
  const words = ["Hello", "O’Brien & Söhne", "你好 🎉"];
  for (const value of words) {
    const set = await askOne(bed, `${url}?cmd=set&key=e2e-urls&value=${encodeURIComponent(value)}`);
    demand(set.status === 200 && dataOf(set).message === "Updated", `cmd=set: ${shown(set)}`);
    await eventually(`cmd=get does not return ${value}`, async () => {
      const get = await askOne(bed, `${url}?cmd=get&key=e2e-urls`);
      return get.status === 200 && dataOf(get).data === value ? true : undefined;
    });
  }
  return `the page, cmd=set and cmd=get with ${words.length} values`;
}

/** An entry written through each frontend is read through each of the others. */
export async function entriesThroughEach(bed: Bed, overlay: string): Promise<string> {
  const urls = await frontendUrls(bed, overlay);
  demand(urls.length > 1, `only ${urls.length} frontends`);
  let slowest = 0;
  for (const [i, url] of urls.entries()) {
    const value = `entry-of-${i}-${Date.now()}`;
    const set = await askOne(bed, `${url}?cmd=set&key=e2e-${i}&value=${value}`);
    demand(set.status === 200, `${url} accepts no entry: ${shown(set)}`);
    const others = urls.filter((other) => other !== url).map((other) => ({ url: `${other}?cmd=get&key=e2e-${i}` }));
    const { ms } = await eventually(`the other frontends do not return the entry written to ${url}`, async () => {
      const answers = await ask(bed, others);
      return answers.every((one) => one.status === 200 && dataOf(one).data === value) ? true : undefined;
    });
    slowest = Math.max(slowest, ms);
  }
  return `${urls.length} × ${urls.length - 1} pairs, the slowest within ${slowest} ms`;
}

/** The JSON of an answer; empty if the body is not JSON. */
export function dataOf({ body }: Answer): Record<string, unknown> {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

export function shown({ status, body }: Answer): string {
  return `${status} ${body.slice(0, 300)}`;
}

/** The entries of a key, as a frontend returns them. */
export async function entriesOf(bed: Bed, url: string, key: string): Promise<string[]> {
  const answer = await askOne(bed, `${url}?cmd=get&key=${key}`);
  const { data } = dataOf(answer);
  demand(answer.status === 200 && typeof data === "string", `the entries: ${shown(answer)}`);
  return data.split(",").filter(Boolean);
}
