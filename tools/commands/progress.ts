import type { Target } from "../core/resource.ts";
import { visible } from "../report/style.ts";
import type { Io } from "./command.ts";

/** A line that tells how far a run is, on a terminal only. */
export interface Progress {
  readonly step: (done: number, target: Target) => void;
  readonly end: () => void;
}

const silent: Progress = { step: () => {}, end: () => {} };
const interval = 100;

/** Nothing is shown where standard error is no terminal, nor for what is done in the blink of an eye. */
export function progressBar(io: Io, total: number): Progress {
  if (!io.progress || total < 10) return silent;
  const start = performance.now();
  let shown = start;
  return {
    step(done, target) {
      const now = performance.now();
      if (now - shown < interval) return;
      shown = now;
      const rate = Math.round((done / (now - start)) * 1000);
      io.err(`\r\u001b[K${done}/${total}, ${rate} a second: ${visible(target.path).slice(0, 50)}`);
    },
    end: () => io.err("\r\u001b[K"),
  };
}
