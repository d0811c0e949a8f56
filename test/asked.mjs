// What programs that ask a real API server have in common.
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";

/** kubectl on a context, to its end. @param {string[]} [always] words that come before all others */
export function kubectlOn(context, always = []) {
  return (args, input) => {
    const options = { input, encoding: "utf8", timeout: 300_000, maxBuffer: 2 ** 26 };
    const result = spawnSync("kubectl", ["--context", context, ...always, ...args], options);
    if (result.error) throw new Error(`kubectl could not be run: ${result.error.message}`);
    return result;
  };
}

/** Runs what has to succeed: what is asked is about something else. */
export function demandOf(kubectl) {
  return (args, input) => {
    const { status, stdout, stderr } = kubectl(args, input);
    if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
    return stdout;
  };
}

/** A namespace is of use once its controller has made the default account. */
export async function untilUsable(kubectl, namespace) {
  for (let tries = 0; tries < 100; tries++) {
    if (kubectl(["--namespace", namespace, "get", "serviceaccount", "default"]).status === 0) return;
    await sleep(100);
  }
  throw new Error(`no default service account appears in ${namespace}`);
}

export function list(items) {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items });
}

/** Says how each thing was answered, and counts what was not as it should be. */
export function answers() {
  let failures = 0;
  const say = (how, what) => console.log(`${how.padEnd(8)}${what}`);
  const fail = (what) => {
    failures++;
    say("FAILED", what);
  };
  return {
    say,
    fail,
    /** A warning is no acceptance either. */
    report: (what, { status, stderr }) =>
      status === 0 && !/^Warning:/m.test(stderr) ? say("ok", what) : fail(`${what}\n${stderr}`),
    /** Prints the sum, and has the process end accordingly. */
    sum() {
      console.log(failures === 0 ? "\nall accepted" : `\n${failures} otherwise`);
      process.exitCode = failures === 0 ? 0 : 1;
    },
  };
}
