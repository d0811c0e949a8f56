import type { Target } from "../core/resource.ts";
import { visible } from "../report/style.ts";
import { shortened } from "../report/words.ts";
import { now } from "../system/clock.ts";
import type { Io } from "./command.ts";

/** A progress line on a terminal. */
interface Progress {
  /** @param last the most recent target, with its rendering time in milliseconds */
  readonly step: (done: number, last: Rendered) => void;
  readonly end: () => void;
}

interface Rendered {
  readonly target: Target;
  readonly durationMs: number;
}

const silent: Progress = { step: () => {}, end: () => {} };
const interval = 100;

/** Whether lines can be overwritten: a dumb terminal shows escape sequences as text. */
export function rewrites({ progress, env }: Io): boolean {
  return progress && env.TERM !== "dumb";
}

/** A progress line for `total` targets; silent if lines cannot be overwritten or there are only a few targets. */
export function progressBar(io: Io, total: number): Progress {
  if (!rewrites(io) || total < 10) return silent;
  const start = now();
  let shown = start;
  let slowest: Rendered | undefined;
  return {
    step(done, last) {
      const time = now();
      if (slowest === undefined || last.durationMs > slowest.durationMs) slowest = last;
      if (time - shown < interval) return;
      shown = time;
      const rate = Math.round((done / (time - start)) * 1000);
      const seconds = (slowest.durationMs / 1000).toFixed(1);
      const slow = `slowest ${shortened(visible(slowest.target.path), 50)} (${seconds} s)`;
      // A wrapped line could not be erased completely.
      const line = shortened(`${done}/${total}, ${rate} a second; ${slow}`, io.size().columns - 1);
      io.err(`\r\u001b[K${line}`);
    },
    end: () => io.err("\r\u001b[K"),
  };
}
