import { shortened } from "../../report/words.ts";
import type { Io } from "../command.ts";
import { rewrites } from "../progress.ts";

/** A status line. If lines cannot be overwritten, it is printed once per key. */
export interface LiveLine {
  readonly key: string;
  readonly text: string;
}

/** Shows the current status until {@link Live.end}. */
export interface Live {
  readonly show: (lines: readonly LiveLine[]) => void;
  /** Erases the lines on a terminal: the result is printed next. */
  readonly end: () => void;
}

/** Status lines that are overwritten on a terminal, and otherwise printed once. */
export function liveLines(io: Io): Live {
  return rewrites(io) ? onTerminal(io) : withoutTerminal(io);
}

function onTerminal(io: Io): Live {
  let height = 0;
  const back = () => (height > 0 ? `\u001b[${height}A\u001b[J` : "");
  return {
    show(lines) {
      const { columns, rows } = io.size();
      const most = Math.max(1, rows - 2);
      const fitting =
        lines.length <= most ? lines : [...lines.slice(0, most - 1), { text: `… ${lines.length - most + 1} more` }];
      const texts = fitting.map(({ text }) => `${shortened(text, columns - 1)}\n`);
      io.err(back() + texts.join(""));
      height = texts.length;
    },
    end() {
      io.err(back());
      height = 0;
    },
  };
}

function withoutTerminal(io: Io): Live {
  const printed = new Set<string>();
  return {
    show(lines) {
      for (const { key, text } of lines) {
        if (printed.has(key)) continue;
        printed.add(key);
        io.err(`${text}\n`);
      }
    },
    end: () => {},
  };
}
