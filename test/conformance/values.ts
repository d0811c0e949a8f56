import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import type { Scalar, Shape } from "../../tools/validate/shape.ts";
import type { Random } from "./random.ts";
import type { Spot } from "./spots.ts";

/** The values in manifests by field: fields of the same name often accept the same values. */
export type Neighbours = ReadonlyMap<string, readonly Json[]>;

/** Groups values by field. */
export function neighboursOf(spots: Iterable<Pick<Spot, "field" | "value">>): Neighbours {
  const byField = new Map<string, Map<string, Json>>();
  for (const { field, value } of spots) {
    if (value === undefined || value === null) continue;
    const known = byField.get(field) ?? new Map<string, Json>();
    byField.set(field, known.set(JSON.stringify(value), value));
  }
  return new Map([...byField].map(([field, known]) => [field, [...known.values()]]));
}

const long = (length: number) => "a".repeat(length);

const texts = [
  "",
  " ",
  "a",
  "x",
  "5",
  "-1",
  "true",
  "None",
  "*",
  "a/b",
  "/",
  "a.b",
  "a_b",
  "a-",
  "-a",
  "A",
  "ä",
  "a b",
];
const names = ["example.com/x", "kubernetes.io/x", "http", "10.0.0.1", "::1", "10.0.0.0/8", "/var/run", "../x", "web"];
const strings = [...texts, ...names, long(15), long(16), long(63), long(64), long(253), long(254), "$(VAR)", "a\nb"];
const integers = [-1, 0, 1, 2, 3, 10, 60, 100, 101, 255, 256, 511, 512, 600, 1000, 65535, 65536, 2147483647];
const quantities = [
  ...["0", "1", "-1", "100m", "1500m", "0.5", "1Gi", "1G", "1e3", "1Ki", "1KB", "", " 1", "1.5Gi", 1, 0],
  ...["+1", "01", "1.", "1n", "1e-10", "10E", "100Ei", "1e21", "9223372036854775808"],
];

/** Values that a decoder accepts for each scalar type, and a few that it does not. */
const scalars: Readonly<Record<Scalar, readonly Json[]>> = {
  string: strings,
  int32: [...integers, 2147483648, 1.5],
  int64: [...integers, 2147483648, 9007199254740991, 1.5],
  float64: [...integers, 0.5],
  bool: [true, false],
  quantity: quantities,
  intstr: [...integers, "0%", "1%", "50%", "100%", "101%", "-1%", "50", "http", "", "%"],
  int64str: [...integers, "50%", "x"],
  time: ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05+02:00", "2026-01-02T03:04:05+25:00", "2026-01-02", "", "x"],
  microtime: ["2026-01-02T03:04:05.000000Z", "2026-01-02T03:04:05Z", "x"],
  duration: ["1s", "1h0m", "-1s", "0s", "1", "x"],
  bytes: ["", "YQ==", "YQ", "a b", "4pyT"],
};

const wrong: readonly Json[] = ["x", 5, true, [], {}, null, "", [null], 1.5];
const keys = ["app", "tier", "example.com/x", "cpu", "memory", "storage", "", "Bad Key!", "a/b/c", long(64), "a-"];
const deepest = 4;

/** A value for a field: from its type, from its neighbours, from its current value, or a wrong one. */
export function valueFor(spot: Spot, neighbours: Neighbours, random: Random): Json {
  if (random.chance(0.03)) return random.pick(wrong);
  if (random.chance(0.55)) {
    const known = neighbours.get(spot.field);
    if (known !== undefined) return random.pick(known);
  }
  if (spot.value !== undefined && spot.value !== null && random.chance(0.5)) return nearMiss(spot.value, random);
  return fresh(spot.shape, spot.field, neighbours, random, 0);
}

function fresh(shape: Shape, field: string, neighbours: Neighbours, random: Random, depth: number): Json {
  const below = (of: Shape, name = field) => {
    const known = neighbours.get(name);
    if (known !== undefined && random.chance(0.4)) return random.pick(known);
    return fresh(of, name, neighbours, random, depth + 1);
  };
  switch (shape.is) {
    case "type": {
      const entries = [...shape.type.fields].filter(
        ([, known]) =>
          (known.required && random.chance(0.85)) || (depth < deepest && random.chance(1.5 / shape.type.fields.size)),
      );
      return Object.fromEntries(entries.map(([name, known]) => [name, below(known.shape, name)]));
    }
    case "list": {
      const list = Array.from({ length: random.below(3) }, () => below(shape.of));
      return list.length > 0 && random.chance(0.2) ? [...list, structuredClone(list[0] as Json)] : list;
    }
    case "map":
      return Object.fromEntries(Array.from({ length: random.below(3) }, () => [random.pick(keys), below(shape.of)]));
    case "either":
      return below(random.chance(0.5) ? shape.one : shape.other);
    case "any":
    case "object":
      return random.pick<Json>([{}, { a: 1 }, { a: { b: "x" } }, "x", 5, []]);
    default:
      return random.pick(scalars[shape.is]);
  }
}

/** A value that is similar to the given one. */
function nearMiss(value: Json, random: Random): Json {
  if (typeof value === "string") return random.pick(misspelt)(value);
  if (typeof value === "number")
    return random.pick<Json>([value + 1, value - 1, -value, value * 1000, String(value), value + 0.5]);
  if (typeof value === "boolean") return random.pick<Json>([!value, String(value)]);
  if (Array.isArray(value)) return random.pick(disordered)(value, random);
  if (isObject(value)) return lopsided(value, random);
  return "x";
}

const misspelt: readonly ((text: string) => Json)[] = [
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text) => text.charAt(0).toLowerCase() + text.slice(1),
  (text) => text.slice(0, -1),
  (text) => text.slice(1),
  (text) => `${text}s`,
  (text) => `${text}-`,
  (text) => `${text} `,
  (text) => `/${text}`,
  (text) => text.replaceAll("-", "_"),
  (text) => text.replaceAll(".", ".."),
  (text) => text.replaceAll("/", ""),
  (text) => text.padEnd(64, "a"),
  (text) => text.padEnd(254, "a"),
  (text) => `${text}/${text}`,
  (text) => `${text}:1`,
  () => "",
  () => null,
  () => 5,
];

const disordered: readonly ((list: Json[], random: Random) => Json)[] = [
  () => [],
  (list) => list.slice(1),
  (list) => [...list, ...list.slice(0, 1)],
  (list) => list.toReversed(),
  (list) => [...list, null],
  (list, random) => list.map((one) => (random.chance(0.5) && one !== null ? nearMiss(one, random) : one)),
  (list) => list[0] ?? null,
];

function lopsided(object: JsonObject, random: Random): Json {
  const entries = Object.entries(object);
  if (entries.length === 0 || random.chance(0.1)) return {};
  const chosen = random.below(entries.length);
  if (random.chance(0.5)) return Object.fromEntries(entries.filter((_, index) => index !== chosen));
  return Object.fromEntries(
    entries.map(([key, value], index) => [key, index === chosen && value !== null ? nearMiss(value, random) : value]),
  );
}
