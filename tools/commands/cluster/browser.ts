import { UserError } from "../../core/errors.ts";
import { run } from "../../system/process.ts";

/** The programs that open a page in the user's browser, without a shell. */
const openers: Readonly<Record<string, readonly [string, ...string[]]>> = {
  darwin: ["open"],
  win32: ["rundll32", "url.dll,FileProtocolHandler"],
};

/** Opens a page in the browser. @returns whether a browser was started */
export async function openBrowser(url: string): Promise<boolean> {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  try {
    const { code } = await run(program, [...args, url], { timeout: 10_000, maxOutput: 1 << 16 });
    return code === 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
