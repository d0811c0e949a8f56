import type { Bed } from "./bed.ts";

/** Proves one point. @param prove throws if the point does not hold; returns what it measured */
export type Steps = (what: string, prove: () => Promise<string | undefined>) => Promise<boolean>;

/** Thrown, with the reason, by a point that cannot be tried here. It is printed and counted, but is no failure. */
export class NotTried extends Error {}

export interface Proof {
  /** Proves the points of one overlay. If `prove` throws, the rest of the chapter counts as one failure. */
  chapter(name: string, prove: (steps: Steps) => Promise<void>): Promise<void>;
  /** Prints the totals. @returns how many points do not hold */
  summary(): number;
}

/** Prints each point with its measurements and duration; for a failed one, also the state of the cluster. */
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
    async chapter(name, prove) {
      print(`\n${name}`);
      try {
        await prove((what, provePoint) => step(name, what, provePoint));
      } catch (error) {
        await step(name, "the rest of the chapter", () => Promise.reject(error));
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

/** What a person would look at first: pods, events and the last lines of the logs. */
async function evidence(overlay: string, bed: Bed): Promise<string> {
  const inside = ["--namespace", `guestbook-${overlay}`];
  const logs = ["logs", ...inside, "--selector", "app in (redis, guestbook)", "--all-containers", "--prefix"];
  const commands = [
    ["get", "pods,services,endpointslices", "-o", "wide", ...inside],
    ["events", "--types=Warning", ...inside],
    [...logs, "--tail=10", "--ignore-errors", "--max-log-requests=20"],
  ];
  const answers = await Promise.all(commands.map((args) => bed.tryKubectl(args)));
  return answers
    .map(({ stdout, stderr }, i) => {
      const lines = `${stdout.toString("utf8")}${stderr}`.trimEnd().split("\n").slice(-60);
      return `$ kubectl ${commands[i]?.join(" ")}\n${lines.join("\n")}`;
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
