import type { Bed } from "./bed.ts";

/** Proves one point. @param prove throws where it does not hold; what it returns is what was measured */
export type Steps = (what: string, prove: () => Promise<string | undefined>) => Promise<boolean>;

/** What a point throws that cannot be tried here, with the reason. It is printed and counted, and fails nothing. */
export class NotTried extends Error {}

export interface Proof {
  /** What belongs to one overlay. When it throws, what it still had to say is lost with it, and counts as one failure. */
  chapter(name: string, tell: (steps: Steps) => Promise<void>): Promise<void>;
  /** Prints the sum. @returns how many points do not hold */
  summary(): number;
}

/** Prints each point as it is proven: what it is, what was measured, how long it took; and of one that fails, what the cluster says. */
export function proofOf(bed: Bed, print: (text: string) => void): Proof {
  const count = { held: 0, failed: 0, notTried: 0 };
  const started = performance.now();
  const step = async (chapter: string, what: string, prove: () => Promise<string | undefined>) => {
    const start = performance.now();
    try {
      const measured = await prove();
      count.held++;
      print(`ok      ${chapter}: ${what}${measured ? ` — ${measured}` : ""}  (${seconds(start)})`);
      return true;
    } catch (error) {
      if (error instanceof NotTried) {
        count.notTried++;
        print(`NOT TRIED  ${chapter}: ${what}\n${indented(error.message)}`);
        return false;
      }
      count.failed++;
      print(`FAILED  ${chapter}: ${what}  (${seconds(start)})\n${indented(messageOf(error))}`);
      print(indented(await evidence(chapter, bed)));
      return false;
    }
  };
  return {
    async chapter(name, tell) {
      print(`\n${name}`);
      try {
        await tell((what, prove) => step(name, what, prove));
      } catch (error) {
        await step(name, "the rest of it", () => Promise.reject(error));
      }
    },
    summary() {
      const { held, failed, notTried } = count;
      const left = notTried > 0 ? `, ${notTried} could not be tried` : "";
      print(`\n${held} points hold, ${failed} do not${left} (${seconds(started)})`);
      return count.failed;
    },
  };
}

/** What a person would ask for first: pods, events and the last lines of the logs. */
async function evidence(overlay: string, bed: Bed): Promise<string> {
  const inside = ["--namespace", `guestbook-${overlay}`];
  const logs = ["logs", ...inside, "--selector", "app in (redis, guestbook)", "--all-containers", "--prefix"];
  const asked = [
    ["get", "pods,services,endpointslices", "-o", "wide", ...inside],
    ["events", "--types=Warning", ...inside],
    [...logs, "--tail=10", "--ignore-errors", "--max-log-requests=20"],
  ];
  const answers = await Promise.all(asked.map((args) => bed.tryKubectl(args)));
  return answers
    .map(({ stdout, stderr }, i) => {
      const said = `${stdout.toString("utf8")}${stderr}`.trimEnd().split("\n").slice(-60);
      return `$ kubectl ${asked[i]?.join(" ")}\n${said.join("\n")}`;
    })
    .join("\n");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, "        ");
}

function seconds(start: number): string {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
