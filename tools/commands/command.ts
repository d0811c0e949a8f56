/** A flag of a command: the source for the help text, the parser and the error for an unknown flag. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly help: string;
  readonly short?: string;
  /** Whether it may be given more than once. */
  readonly multiple?: boolean;
  /** The placeholder for the value in the help: `FILE`. */
  readonly value?: string;
}

/** The parts of the process that a command may use. Only `cli.ts` creates one. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal that shows colours. */
  readonly colours: boolean;
  /** The width of the terminal on standard output; undefined if there is none. */
  readonly columns?: number | undefined;
  /** Whether standard error is a terminal that may show progress. */
  readonly progress: boolean;
  /** The size of the terminal on standard error. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Asks the user at the terminal; undefined if there is no terminal. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** Sets the message for when a signal ends the run: the state that is left behind. */
  readonly whenInterrupted: (text: string) => void;
}

/** The parsed command line. */
export interface Args {
  readonly positionals: readonly string[];
  readonly string: (flag: string) => string | undefined;
  readonly strings: (flag: string) => readonly string[];
  readonly boolean: (flag: string) => boolean;
}

/** A subcommand: a file in this folder and an entry in `index.ts`. */
export interface Command {
  /** The arguments after the command's name: `[TARGET…]`. */
  readonly usage: string;
  /** What it does, in one or two sentences. */
  readonly description: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** The maximum number of arguments. Default: any number. */
  readonly maxPositionals?: number;
  /** @returns the exit status: 0 clean, 1 findings. @throws UserError if it cannot run, which means exit status 2 */
  run(args: Args, io: Io): Promise<number>;
}
