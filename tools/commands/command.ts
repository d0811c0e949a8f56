/** One flag of a command. The help text, the parser and the error for an unknown flag are all made of this. */
export interface Flag {
  readonly type: "string" | "boolean";
  readonly help: string;
  readonly short?: string;
  /** May be given more than once. */
  readonly multiple?: boolean;
  /** What stands for the value in the help: `FILE`. */
  readonly value?: string;
}

/** What a command may use of the process. Only `cli.ts` makes one. */
export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether standard output is a terminal that shows colours. */
  readonly colours: boolean;
  /** How wide the terminal behind standard output is; undefined where that is none. */
  readonly columns?: number | undefined;
  /** Whether standard error is a terminal, so that progress may be shown. */
  readonly progress: boolean;
  /** How wide and how high the terminal behind standard error is. */
  readonly size: () => { readonly columns: number; readonly rows: number };
  /** Asks whoever sits at the terminal; undefined where nobody does. */
  readonly ask: (question: string) => Promise<string | undefined>;
  /** What to say when a signal ends the run: what it leaves behind. */
  readonly whenInterrupted: (text: string) => void;
}

/** The words of a command line, after its flags were checked. */
export interface Args {
  readonly positionals: readonly string[];
  readonly string: (flag: string) => string | undefined;
  readonly strings: (flag: string) => readonly string[];
  readonly boolean: (flag: string) => boolean;
}

/** One subcommand: a file in this folder, and a line in `index.ts`. */
export interface Command {
  /** The words after the command's name: `[TARGET…]`. */
  readonly usage: string;
  /** What it does, in a sentence or two. */
  readonly description: string;
  readonly flags: Readonly<Record<string, Flag>>;
  /** How many words it takes; more are an error. Default: any number. */
  readonly maxPositionals?: number;
  /** @returns the exit status: 0 clean, 1 findings; what keeps it from running is thrown as a UserError, which is 2. */
  run(args: Args, io: Io): Promise<number>;
}
