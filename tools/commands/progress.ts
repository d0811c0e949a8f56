import type { Target } from "../core/resource.ts";
import { visible } from "../report/style.ts";
import { shortened } from "../report/words.ts";
import type { Io } from "./command.ts";

/** A line that tells how far a run is, on a terminal only. */
export interface Progress {
  /** @param last the target that was done last, and milliseconds that rendering it took */
  readonly step: (done: number, last: Rendered) => void;
  readonly end: () => void;
}

interface Rendered {
  readonly target: Target;
  readonly durationMs: number;
}

const silent: Progress = { step: () => {}, end: () => {} };
const interval = 100;

/** Whether a line can be written over: a terminal that is dumb shows escape sequences as they are. */
export function rewrites({ progress, env }: Io): boolean {
  return progress && env.TERM !== "dumb";
}

/** Nothing is shown where lines cannot be written over, nor for what is done in the blink of an eye. */
export function progressBar(io: Io, total: number): Progress {
  if (!rewrites(io) || total < 10) return silent;
  const start = performance.now();
  let shown = start;
  let slowest: Rendered | undefined;
  return {
    step(done, last) {
      const now = performance.now();
      if (slowest === undefined || last.durationMs > slowest.durationMs) slowest = last;
      if (now - shown < interval) return;
      shown = now;
      const rate = Math.round((done / (now - start)) * 1000);
      const seconds = (slowest.durationMs / 1000).toFixed(1);
      const slow = `slowest ${shortened(visible(slowest.target.path), 50)} (${seconds} s)`;
      // What goes on in the next line of the terminal is not taken away with this one.
      const line = shortened(`${done}/${total}, ${rate} a second; ${slow}`, io.size().columns - 1);
      io.err(`\r\u001b[K${line}`);
    },
    end: () => io.err("\r\u001b[K"),
  };
}
