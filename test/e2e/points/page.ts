import { stream } from "../../../tools/system/process.ts";
import { type Bed, demand, program } from "../bed.ts";
import { NotTried } from "../proof.ts";

/** The page's own tests, in a real browser, at the address of a port-forward that `gitops up` keeps open. */
export async function page(bed: Bed, overlay: string): Promise<string> {
  const words = ["dist/gitops.js", "up", `overlays/${overlay}`, "--context", bed.context, "--yes", "--port", "18080"];
  const said: string[] = [];
  let open: (url: string) => void = () => {};
  const opened = new Promise<string>((resolve) => {
    open = resolve;
  });
  const { ended, stop } = stream("node", words, {
    onLine: (line) => {
      said.push(line);
      const url = /^(https?:\/\/\S+); open until/.exec(line)?.[1];
      if (url !== undefined) open(url);
    },
    onError: (line) => said.push(line),
  });
  try {
    const failed = ended.then(() => Promise.reject(new Error(`gitops up --port ends:\n${said.join("\n")}`)));
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
