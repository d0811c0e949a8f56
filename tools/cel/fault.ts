/** An evaluation ended without a value: a missing key, a division by zero, no function for these values. */
export class Fault extends Error {}

/** An evaluation met something that is checked, and not evaluated here. */
export class Unsupported extends Error {}
