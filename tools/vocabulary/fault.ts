/** What is wrong with a text in some language, and the number of characters before it. */
export interface Fault {
  readonly message: string;
  readonly offset: number;
  readonly help?: string;
  /** A version or a dialect that is not known here may accept it. */
  readonly isUnsure?: true;
}
