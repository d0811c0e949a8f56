/** An evaluation failed: a missing key, a division by zero, no function for these values. */
export class Fault extends Error {}

/** An expression uses something that is checked, but not evaluated here. */
export class Unsupported extends Error {}
