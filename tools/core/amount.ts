/** `1 error`, `2 errors`, `2 info`. */
export function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === "info" ? "" : "s"}`;
}
