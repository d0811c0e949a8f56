const units: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Nanoseconds of a duration as Go writes it (`1h30m`, `-1.5s`, `0`); undefined when it is none. */
export function parseDuration(text: string): bigint | undefined {
  const [, sign = "", rest = ""] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0n;
  if (!/^((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of rest.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = units[unit] ?? 0n;
    total += BigInt(whole || 0) * scale + (BigInt(fraction || 0) * scale) / 10n ** BigInt(fraction.length);
  }
  if (total >= 2n ** 63n) return undefined;
  return sign === "-" ? -total : total;
}

/** A duration as Go writes it, in seconds. */
export function durationText(nanoseconds: bigint): string {
  return `${decimal(nanoseconds)}s`;
}

function decimal(nanoseconds: bigint): string {
  const [sign, amount] = nanoseconds < 0n ? ["-", -nanoseconds] : ["", nanoseconds];
  const fraction = (amount % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return `${sign}${amount / 1_000_000_000n}${fraction && `.${fraction}`}`;
}

const rfc3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:[.,](\d+))?([Zz]|[+-]\d\d:\d\d)$/;

/** Nanoseconds since 1970 of a time by RFC 3339; undefined when it is none. */
export function parseTimestamp(text: string): bigint | undefined {
  const [, time = "", fraction = "", zone = ""] = rfc3339.exec(text) ?? [];
  const milliseconds = Date.parse(`${time.toUpperCase()}${zone.toUpperCase()}`);
  if (time === "" || Number.isNaN(milliseconds) || !isDay(time)) return undefined;
  return BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, "0").slice(0, 9) || 0);
}

/** The days of a month are counted. */
function isDay(time: string): boolean {
  const [year = 0, month = 0, day = 0] = time.slice(0, 10).split("-").map(Number);
  return day >= 1 && day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
}

export function timestampText(nanoseconds: bigint): string {
  const milliseconds = Number(floorDivide(nanoseconds, 1_000_000n));
  const fraction = (((nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n).toString().padStart(9, "0");
  const trimmed = fraction.replace(/0+$/, "");
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, trimmed === "" ? "Z" : `.${trimmed}Z`);
}

export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}
