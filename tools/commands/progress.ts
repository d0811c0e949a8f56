import type { Target } from "../core/resource.ts";
import { visible } from "../report/style.ts";
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

/** Nothing is shown where standard error is no terminal, nor for what is done in the blink of an eye. */
export function progressBar(io: Io, total: number): Progress {
  if (!io.progress || total < 10) return silent;
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
      const slow = `slowest ${visible(slowest.target.path).slice(0, 50)} (${seconds} s)`;
      io.err(`\r\u001b[K${done}/${total}, ${rate} a second; ${slow}`);
    },
    end: () => io.err("\r\u001b[K"),
  };
}
