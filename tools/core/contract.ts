/** What an image expects of its surroundings, and what they may expect of it. Facts about programs: no manifest says them. */
export interface Contract {
  /** Images by their name, with a tag or without: `redis`, `example.com/shop/*`, `*:v1`. */
  readonly image: string | readonly string[];
  /** Every port that the program listens on, whatever its container declares. */
  readonly ports?: readonly number[];
  /** The variable by which the program is told to find its peers by name or by environment variables. */
  readonly mode?: Mode;
  /** Whom the program calls. */
  readonly calls?: readonly Call[];
}

export interface Mode {
  readonly variable: string;
  /** The value that means: by names. It is what holds where the variable is not set. */
  readonly dns: string;
  /** The value that means: by variables. */
  readonly env: string;
}

/** One peer: by name, unless the mode is `env` and there is a variable; a variable or an argument alone counts in any mode. */
export interface Call {
  readonly host?: string;
  readonly variable?: string;
  /** The argument that is followed by the host: `--replicaof`. */
  readonly argument?: string;
  /** Of TCP. */
  readonly port: number;
}
