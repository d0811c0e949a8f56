/** What an image expects of its environment, and what it offers: facts about programs that no manifest states. */
export interface Contract {
  /** Image names, with or without a tag: `redis`, `example.com/shop/*`, `*:v1`. */
  readonly image: string | readonly string[];
  /** All ports that the program listens on, whatever its container declares. */
  readonly ports?: readonly number[];
  /** The variable that makes the program find its peers by name or by environment variables. */
  readonly mode?: Mode;
  /** The peers that the program calls. */
  readonly calls?: readonly Call[];
}

interface Mode {
  readonly variable: string;
  /** The value for calls by name, which is the default if the variable is not set. */
  readonly dns: string;
  /** The value for calls by environment variables. */
  readonly env: string;
}

/**
 * One peer: called by name, unless the mode is `env` and there is a variable. Without a host, the variable or argument
 * applies in any mode.
 */
export interface Call {
  readonly host?: string;
  readonly variable?: string;
  /** The argument before the host: `--replicaof`. */
  readonly argument?: string;
  /** TCP port. */
  readonly port: number;
}
