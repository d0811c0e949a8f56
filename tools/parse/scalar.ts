import type { Json } from "../core/json.ts";

/**
 * The value of a plain scalar for Kubernetes tooling: sigs.k8s.io/yaml over go-yaml 2, which is YAML 1.1 with
 * deviations. `yes` is true, `0777` and `0o777` are octal, `1_000` is an integer, `1:30` and dates are strings.
 * Integers of up to 64 bits that a double cannot hold are returned as `bigint`; larger ones are floats, as in Go.
 */
export function resolvePlain(text: string): Json {
  const hint = text === "" ? inMap : hints[text.charCodeAt(0)];
  if (hint === undefined) return text;
  if (hint === inMap) {
    const known = words.get(text);
    return known === undefined ? text : known;
  }
  return numberOf(text, hint) ?? text;
}

const inMap = 1;
const number = 2;
const point = 3;

/** What a scalar may be, by its first character; undefined for a string. */
const hints: (number | undefined)[] = new Array(128);
for (const char of "yYnNtTfFoO~") hints[char.charCodeAt(0)] = inMap;
for (const char of "+-0123456789") hints[char.charCodeAt(0)] = number;
hints[".".charCodeAt(0)] = point;

const words = new Map<string, Json>([
  ...["y", "yes", "true", "on"].flatMap((word) => spellings(word, true)),
  ...["n", "no", "false", "off"].flatMap((word) => spellings(word, false)),
  ...spellings("null", null),
  ["", null],
  ["~", null],
]);

function spellings(word: string, value: Json): [string, Json][] {
  const upper = word.toUpperCase();
  return [word, upper, upper.charAt(0) + word.slice(1)].map((spelling) => [spelling, value]);
}

const special = new Map<string, number>([
  ...[".inf", ".Inf", ".INF"].flatMap((text): [string, number][] => [
    [text, Number.POSITIVE_INFINITY],
    [`+${text}`, Number.POSITIVE_INFINITY],
    [`-${text}`, Number.NEGATIVE_INFINITY],
  ]),
  ...[".nan", ".NaN", ".NAN"].map((text): [string, number] => [text, Number.NaN]),
]);

const shortInteger = /^(?:0|[1-9][0-9]{0,14})$/;
const integer = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const float = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const pointFloat = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+)?$/;

function numberOf(text: string, hint: number): number | bigint | undefined {
  if (shortInteger.test(text)) return Number(text);
  const named = special.get(text);
  if (named !== undefined) return named;
  const plain = text.includes("_") ? text.replaceAll("_", "") : text;
  if (hint === point) return pointFloat.test(text) ? floatOf(plain) : undefined;
  return integerOf(plain) ?? (float.test(plain) ? floatOf(plain) : undefined);
}

/** In Go, a number out of a double's range stays a string. */
function floatOf(text: string): number | undefined {
  const value = Number(text);
  return Number.isFinite(value) ? value + 0 : undefined;
}

/** A 64-bit integer: signed if the text has a sign, unsigned otherwise. */
function integerOf(text: string): number | bigint | undefined {
  const match = integer.exec(text);
  if (match === null) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  const magnitude = BigInt(hex ? `0x${hex}` : binary ? `0b${binary}` : octal ? `0o${octal}` : `${decimal}`);
  const value = sign === "-" ? -magnitude : magnitude;
  if (value < -(2n ** 63n) || value >= (sign ? 2n ** 63n : 2n ** 64n)) return undefined;
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

/**
 * The value of a scalar with an explicit tag.
 *
 * @param tag in its short form, `!!int`; a scalar with an unknown tag is a string.
 * @returns undefined if the text does not fit the tag.
 */
export function resolveTagged(tag: string, text: string, plain: boolean): Json | undefined {
  if (tag === "!!str") return text;
  if (tag === "!!timestamp") return /^\d{4}-\d/.test(text) ? text : undefined;
  if (tag === "!!binary") return binary(text.replace(/[\r\n]/g, ""));
  const fits = tagged[tag];
  if (fits === undefined) return tag === "" && plain ? resolvePlain(text) : text;
  const value = resolvePlain(text);
  return fits(value) ? value : undefined;
}

function binary(text: string): string | undefined {
  const valid = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return valid ? Buffer.from(text, "base64").toString("utf8") : undefined;
}

const tagged: Readonly<Record<string, (value: Json) => boolean>> = {
  "!!int": (value) => typeof value === "bigint" || Number.isInteger(value),
  "!!float": (value) => typeof value === "number" || typeof value === "bigint",
  "!!bool": (value) => typeof value === "boolean",
  "!!null": (value) => value === null,
};

/** A key as a JSON property name; undefined if Kubernetes tooling rejects it. */
export function keyOf(value: Json): string | undefined {
  if (typeof value === "string") return value;
  return value === null || typeof value === "object" ? undefined : String(value);
}
