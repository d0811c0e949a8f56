import { stream } from "../../../tools/system/process.ts";
import { type Bed, demand, program } from "../bed.ts";
import { NotTried } from "../proof.ts";

/** Runs the page's own tests in a real browser, through a port-forward that `gitops up` keeps open. */
export async function page(bed: Bed, overlay: string): Promise<string> {
  const words = ["dist/gitops.js", "up", `overlays/${overlay}`, "--context", bed.context, "--yes", "--port", "18080"];
  const output: string[] = [];
  let open: (url: string) => void = () => {};
  const opened = new Promise<string>((resolve) => {
    open = resolve;
  });
  const { ended, stop } = stream("node", words, {
    onLine: (line) => {
      output.push(line);
      const url = /^(https?:\/\/\S+); open until/.exec(line)?.[1];
      if (url !== undefined) open(url);
    },
    onError: (line) => output.push(line),
  });
  try {
    const failed = ended.then(() => Promise.reject(new Error(`gitops up --port ended:\n${output.join("\n")}`)));
    const url = await Promise.race([opened, failed]);
    const { code, text } = await program("npm", ["run", "-s", "test:page"], { GUESTBOOK_URL: url });
    if (code === 2) throw new NotTried(text.trim());
    demand(code === 0, text);
    return text.trim().split("\n").at(-1) ?? "";
  } finally {
    stop();
    await ended.catch(() => {});
  }
}
