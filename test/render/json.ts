import fc from "fast-check";
import type { Json } from "../../tools/core/json.ts";

/** Words that some YAML version does not read as a string. */
const odd = (
  "y Y n yes No on OFF true False null ~ .inf -.INF .nan 0 -0 1 -1 +1 01 0777 0o17 0x1F 0b11 1_000 1.0 1. .5 1e3 1E+3 6.02e23 " +
  "1:30 12:30:45 2001-01-01 2001-12-14T21:59:43Z << = - -- --- ... ? : # ! & * | > % @ ` ' \" { } [ ] , a: :a a:b a#b #a - !a &a *a " +
  "@a %a `a |a >a a, [a {a 'a \"a a' a\" 1.2.3.4 10.0.0.0/8 100m 1Gi 80:8080 nginx:1.25 $(VAR) {{x}} /a/b"
).split(" ");

const texts = [
  "",
  " ",
  "  ",
  "a ",
  " a",
  "a: b",
  "a #b",
  "a  b",
  "- a",
  "\n",
  "a\n",
  "a\n\n",
  "\na",
  " a\nb",
  "a\n b\n",
  "a \nb\n",
  "a\n \nb",
  "a\n\tb",
  "\ta",
  "a\tb",
  "a\r\nb\r",
  "a\u0000b",
  "a\u007f\u0085\u00a0\u2028\u2029\ufeffb",
  "é日本😀",
  "a\n---\nb",
  "---",
  "...\n",
  "#!/bin/sh\nset -e\n# c\necho 'a: b'\n",
  "key: |\n  nested\n",
  "x".repeat(5000),
  `${"long words ".repeat(30)}end`,
];

const chars = fc.constantFrom(..."ab01 :#-\n\t'\"\\{}[],&*!|>%@`~é😀\r\u2028=?.+_", "  ", "\n\n", ": ", " #");

/** Text that is hard to write as YAML. */
export const oddText = fc.oneof(
  fc.constantFrom(...odd),
  fc.constantFrom(...texts),
  fc.array(chars, { maxLength: 12 }).map((parts) => parts.join("")),
  fc.string({ unit: "grapheme", maxLength: 20 }),
);

const integers = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }));
const floats = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);

/** Any value that a Kubernetes object can hold. */
export const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    oddText,
    fc.boolean(),
    fc.constant(null),
    integers,
    floats,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(oddText, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;
