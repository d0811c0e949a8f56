import { expect, test } from "vitest";
import { CelError } from "../../tools/cel/ast.ts";
import { compile } from "../../tools/cel/compile.ts";
import { environmentOf } from "../../tools/cel/environment.ts";
import { evaluate } from "../../tools/cel/evaluate.ts";
import { Fault } from "../../tools/cel/fault.ts";
import { parse } from "../../tools/cel/parse.ts";
import { bool, struct, typeText } from "../../tools/cel/types.ts";
import type { Value } from "../../tools/cel/values.ts";
import { admissionVariables, authorizerVariables } from "../../tools/validate/demands/admission-types.ts";
import recorded from "./expressions.json" with { type: "json" };

const variables = struct("variables", (field) => (field === "replicas" ? bool : undefined));
const environment = environmentOf("1.36", {
  variables: { ...admissionVariables, ...authorizerVariables, variables },
});

function typeOf(source: string): string {
  try {
    return typeText(compile(source, environment).type);
  } catch (error) {
    if (error instanceof CelError) return "!";
    throw error;
  }
}

test("finds the type of an expression, or rejects it, as a real API server did", () => {
  const wanted = recorded.expressions.map(([source = "", type = ""]) => [source, type.startsWith("!") ? "!" : type]);
  expect(recorded.expressions.map(([source = ""]) => [source, typeOf(source)])).toEqual(wanted);
});

test("accepts the same nesting depth as a real 1.36.3 API server", () => {
  const times = (text: string, count: number) => text.repeat(count);
  const table: [most: number, of: (count: number) => string][] = [
    [250, (count) => `1${times("+1", count)}`],
    [250, (count) => `1${times("*1", count)}`],
    [249, (count) => `1${times("+1*1", count)}`],
    [250, (count) => `true${times("==true", count)}`],
    [250, (count) => `object${times(".a", count)}`],
    [250, (count) => `object${times(".?a", count)}`],
    [250, (count) => `has(object${times(".a", count)})`],
    [250, (count) => `object${times("[0]", count)}`],
    [250, (count) => `'a'${times(".trim()", count)}`],
    [249, (count) => `1 == 1${times("+1", count)}`],
    [248, (count) => `1${times("+1", count)} == 1 ? 1 : 2`],
    [250, (count) => `size(string(1${times("+1", count)}))`],
    [249, (count) => `(1${times("+1", count)}) + 1`],
    [249, (count) => `${times("(", count)}1${times(")", count)}`],
    [248, (count) => `${times("(", count)}1${times("+1)", count)}`],
    [124, (count) => `${times("1+(", count)}1${times(")", count)}`],
    [124, (count) => `${times("true==(", count)}true${times(")", count)}`],
    [83, (count) => `${times("1+1*(", count)}1${times(")", count)}`],
    [124, (count) => `${times("1==1 || 1<1+(", count)}1${times(")", count)}`],
    [249, (count) => `${times("true&&(", count)}true${times(")", count)}`],
    [249, (count) => `${times("object[", count)}0${times("]", count)}`],
    [249, (count) => `${times("[1].map(x, ", count)}x${times(")", count)}`],
    [249, (count) => `${times("true ? 1 : ", count)}1`],
    [249, (count) => `${times("-(", count)}object${times(")", count)}`],
  ];
  const isParsed = (source: string) => {
    try {
      parse(source);
      return true;
    } catch {
      return false;
    }
  };
  for (const [most, of] of table) {
    expect([of(1), most, isParsed(of(most)), isParsed(of(most + 1))]).toEqual([of(1), most, true, false]);
  }
  expect(isParsed(`true${times("&&true", 1000)}`)).toBe(true);
});

test("accepts long chains of && and ||, which do not nest", () => {
  expect(typeOf(`true${" && true".repeat(12_000)}`)).toBe("bool");
  expect(typeOf(`true${" || 1 > 0 && true".repeat(5000)}`)).toBe("bool");
});

test("accepts 100,000 code points", () => {
  const typeOfText = (count: number) => typeOf(`'${"😀".repeat(count)}'`);
  expect([typeOfText(99_998), typeOfText(99_999)]).toEqual(["string", "!"]);
});

test("accepts functions from the version that introduced them", () => {
  const accepts = (source: string, version: string) => {
    try {
      compile(source, environmentOf(version, { variables: {} }));
      return true;
    } catch {
      return false;
    }
  };
  const table: [source: string, from: string, before: string][] = [
    ["isIP('::1')", "1.31", "1.30"],
    ["net.IP", "1.31", "1.30"],
    ["format.uri().validate('x').hasValue()", "1.32", "1.31"],
    ["[1].all(i, x, i < x)", "1.33", "1.32"],
    ["isSemver('1.2.3')", "1.34", "1.33"],
    ["[2, 1].sort() == [1, 2]", "1.35", "1.34"],
  ];
  for (const [source, from, before] of table) {
    expect([source, accepts(source, from), accepts(source, before)]).toEqual([source, true, false]);
  }
});

function resultOf(source: string): Value | "fault" {
  try {
    const { node } = compile(source, environment);
    return evaluate(node, { overloads: environment.overloads, variable: () => undefined });
  } catch (error) {
    if (error instanceof Fault) return "fault";
    throw error;
  }
}

test("evaluates expressions", () => {
  const table: [source: string, value: unknown][] = [
    ["1 + 2 * 3 - 4 / 2", 5n],
    ["-7 / 2 * 2 + -7 % 2", -7n],
    ["1 / 0", "fault"],
    ["9223372036854775807 + 1", "fault"],
    ["false && 1 / 0 == 1", false],
    ["1 / 0 == 1 && false", false],
    ["1 / 0 == 1 || false", "fault"],
    ["[1, 0].exists(x, 1 / x == 1)", true],
    ["[0, 1].all(x, 1 / x == 2)", false],
    ["{'a': 1, 'b': 2}.filter(k, k != 'a')", ["b"]],
    ["[1, 2, 3].map(x, x > 1, x * x)", [4n, 9n]],
    ["[1, 2].exists_one(x, x == 1) && ![1, 1].exists_one(x, x == 1)", true],
    ["{'a': {'b': 1}}.a.?c.orValue(2)", 2n],
    ["[1, 2][?5].hasValue()", false],
    ["optional.of(2).optMap(x, x + 1).value()", 3n],
    ["dyn(1) == 1.0 && dyn(1u) < 1.5 && 1 in [dyn(1)]", true],
    ["'héllo'.size() + b'é'.size()", 7n],
    ["'a,b,c'.split(',', 2).join('+')", "a+b,c"],
    ["'%s|%d|%.1f|%x|%b'.format(['a', 2, 1.25, 255, true])", "a|2|1.2|ff|1"],
    ["'abc123'.find('[0-9]+') + 'a1b2'.findAll('[0-9]').join('')", "12312"],
    ["'abc'.matches('^a.c$') && !'xabc'.matches('^a')", true],
    ["duration('90m').getHours() + duration('1h30m').getMinutes()", 91n],
    ["timestamp('2020-02-29T12:00:00Z').getDayOfYear()", 59n],
    ["timestamp('2020-01-01T23:30:00Z').getDate('+01:00')", 2n],
    ["string(timestamp('2020-01-01T00:00:00.5Z') + duration('1s'))", "2020-01-01T00:00:01.5Z"],
    ["quantity('1Gi').compareTo(quantity('1024Mi')) == 0 && quantity('1.5').isInteger()", false],
    ["quantity('50k').add(20).asInteger()", 50020n],
    ["url('https://example.com:80/a?b=c&b=d').getQuery()['b'].size()", 2n],
    ["url('https://[::1]:80/a').getHostname()", "::1"],
    ["isURL('/a') && !isURL('a')", true],
    ["cidr('10.0.0.0/8').containsCIDR('10.128.0.0/9') && !cidr('10.0.0.0/8').containsIP('11.0.0.1')", true],
    ["string(cidr('192.168.1.7/24').masked()) + string(ip('2001:db8:0:0:1::0'))", "192.168.1.0/242001:db8:0:0:1::"],
    ["ip('169.254.1.1').isLinkLocalUnicast() && ip('8.8.8.8').isGlobalUnicast()", true],
    ["semver('1.0.0-rc.2').isLessThan(semver('1.0.0-rc.10')) && semver('v1.2', true).minor() == 2", true],
    ["[3, 1, 2].sortBy(x, -x)", [3n, 2n, 1n]],
    ["['b', 'a'].isSorted() || [[1, 2], [3]].flatten() != [1, 2, 3]", false],
    ["sets.equivalent([1, 1, 2], [2, 1]) && !sets.contains([1], [2])", true],
    ["[1, 2].transformMap(i, v, v > 1, v * 10)[1]", 20n],
    ["['x'].map(text, int(text))", "fault"],
    ["type('a') == string && type([1]) == list && type(null) == null_type", true],
    ["format.dns1123Label().validate('Upper').hasValue()", true],
    ["format.dns1123LabelPrefix().validate('web-').hasValue()", false],
    ["format.dns1123SubdomainPrefix().validate('a.web-').hasValue()", false],
    ["format.dns1035LabelPrefix().validate('1a-').hasValue()", true],
    ["format.uuid().validate('a2cd6a23-cc0f-4b4e-bb06-beb088829ef3').hasValue()", false],
    ["format.uuid().validate('a2cd6a23').hasValue()", true],
    // Each result as a real 1.36.3 API server gave it in a messageExpression.
    [`'%s'.format([{'b': ['x\\n\\u0085', b'y'], 'a': 1.5}])`, `{"a":1.500000, "b":["x\\n\\u0085", b"y"]}`],
    [`'%s'.format([[duration('90s'), type(1), null]])`, `[duration("90s"), int, null]`],
    ["'%e|%.8e|%e'.format([1234.5, -1.5e-7, '-Infinity'])", "1.234500×10⁰³|-1.500000×10⁻⁰⁷|    -∞"],
    ["'%f|%.0f|%.0f'.format([-1234567.5, 999.5, 2.5])", "-1,234,567.500000|1,000|2"],
    ["'%d'.format([dyn(1.5)])", "fault"],
    ["string(999999.5) + ' ' + string(1234567.5) + ' ' + string(0.00001)", "999999.5 1.2345675e+06 1e-05"],
    ["[' a\u0085'.trim(), '\\u2028\\ufeffa\u00a0'.trim()]", ["a", "\ufeffa"]],
    ["['0x1p3', '-0x_1.8p-1', '1_0', '5.', '.5e1'].map(text, double(text))", [8, -0.75, 10, 5, 5]],
    ["['0x10'].map(text, double(text))", "fault"],
    ["['1__0'].map(text, double(text))", "fault"],
    ["['1e400'].map(text, double(text))", "fault"],
    ["url('https://x/a b').getEscapedPath() + url('/a%2Fb[!]').getEscapedPath()", "/a%20b/a%2Fb[!]"],
    ["url('https://x/a%2fé!').getEscapedPath()", "/a/%C3%A9%21"],
    ["[b'\\xff'].map(bytes, string(bytes))", "fault"],
    ["timestamp('2020-07-01T00:00:00Z').getHours('Europe/Zurich')", 2n],
    ["timestamp('2020-07-01T00:00:00Z').getDayOfYear('America/New_York')", 181n],
    ["timestamp('1850-07-01T00:00:00Z').getMinutes('Europe/Zurich')", 34n],
    ["timestamp('2020-07-01T00:00:00Z').getMinutes('-0:30')", 30n],
    ["timestamp('2020-07-01T00:00:00Z').getHours('europe/zurich')", "fault"],
    ["string(timestamp('2020-01-01T01:00:00.250-02:30') + duration('1h'))", "2020-01-01T02:00:00.25-02:30"],
    ["string(timestamp('2020-01-01T1:00:00,5+24:60'))", "2020-01-01T01:00:00.5+25:00"],
    ["string(timestamp('0000-12-31T23:30:00-01:00'))", "0000-12-31T23:30:00-01:00"],
    ["'%s'.format([[timestamp('2020-01-01T01:00:00+00:00')]])", `[timestamp("2020-01-01T01:00:00Z")]`],
    ["timestamp('2020-01-01T01:00:00+01:00') == timestamp('2020-01-01T00:00:00Z')", true],
    ["timestamp('2020-01-01T01:00:00+01:00').getHours()", 0n],
    ["['2020-01-01t00:00:00z'].map(text, timestamp(text))", "fault"],
    ["['2020-01-01T24:00:00Z'].map(text, timestamp(text))", "fault"],
    ["['2020-01-01T00:00:60Z'].map(text, timestamp(text))", "fault"],
    ["['2020-01-01T00:00:00+24:61'].map(text, timestamp(text))", "fault"],
    ["['0000-01-01T00:00:00Z'].map(text, timestamp(text))", "fault"],
    ["['9999-12-31T23:59:59-01:00'].map(text, timestamp(text))", "fault"],
    ["[253402300800, -62135596801].exists_one(seconds, timestamp(seconds) == timestamp(0))", "fault"],
    ["[1].map(nanoseconds, duration(nanoseconds))", "fault"],
    ["timestamp(253402300799).getFullYear()", 9999n],
    ["timestamp(253402300799) + duration('1s')", "fault"],
    ["timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "fault"],
    ["timestamp(0) - duration('-9223372036854775808ns')", "fault"],
    ["duration('9223372036s') + duration('1s')", "fault"],
    ["duration('9223372036854775807ns') - duration('-1ns')", "fault"],
    ["[duration('9223372036854775807ns'), duration('1ns')].sum()", "fault"],
    ["string(duration('9223372036854775807ns')) + string(duration('-1ns'))", "9223372036.854776s-0.000000001s"],
    ["duration('1.5s').getMilliseconds()", 1500n],
    ["dyn(9007199254740993) == 9007199254740992.0 && 9007199254740993 <= 9007199254740992.0", true],
    ["dyn(9223372036854775807) == 9223372036854775807.0 && 18446744073709551615u >= 18446744073709551616.0", true],
    ["string(-0.0) + '%s'.format([-0.0]) + '%f'.format([-0.0])", "-0-00.000000"],
    ["{dyn(1): 1, dyn(1.0): 2, dyn(1u): 3}.size()", 3n],
    ["{dyn(1): 1, dyn(1.0): 2}[1.0] + {dyn(1): 5}[1.0] + {dyn(1u): 7}[1]", 14n],
    ["{dyn(1.0): 7}[1u]", "fault"],
    ["dyn(1) in {dyn(1.0): 1} || {dyn(1): 1} == {dyn(1.0): 1}", false],
    ["[1].transformMapEntry(i, v, {v: i, v + 1: i}).size()", 2n],
    ["[1, 1].transformMapEntry(i, v, {v: i})", "fault"],
    ["[dyn(1), dyn(1.0)].transformMapEntry(i, v, {v: i})", "fault"],
    ["[1].transformMapEntry(i, v, dyn(v))", "fault"],
    ["['l', 'o', ''].map(part, 'héllo'.indexOf(part, 5))", [-1n, -1n, 5n]],
    ["['l', 'lo', ''].map(part, 'héllo'.indexOf(part, 3))", [3n, 3n, 3n]],
    ["'hello'.indexOf('', 10) + 'hello'.indexOf('', -1) + 'hello'.indexOf('l', 10)", 8n],
    ["'hello'.indexOf('l', -1)", "fault"],
    ["['l', 'lo', ''].map(part, 'héllo'.lastIndexOf(part, 5))", [-1n, -1n, 5n]],
    ["['l', 'lo', ''].map(part, 'héllo'.lastIndexOf(part, 4))", [3n, 3n, 4n]],
    [
      "['', 'hello'].map(text, text.lastIndexOf('')) + ['', 'hello'].map(text, text.lastIndexOf('l'))",
      [0n, 5n, -1n, 3n],
    ],
    ["'hello'.lastIndexOf('l', -1)", "fault"],
    ["['0', '-0', '1.', '1k', '1e18', '1Ti', '922337203685477580'].all(text, quantity(text).isInteger())", true],
    ["['1.0', '0.0', '1000m', '1e19', '1Pi', '1.5Gi'].exists(text, quantity(text).isInteger())", false],
    ["quantity('9223372036854775807').isInteger() || quantity('1e20').add(1).isInteger()", false],
    ["quantity('1.5').add(quantity('0.5')).isInteger() || quantity('500m').sub(quantity('500m')).isInteger()", false],
    ["quantity('500m').add(quantity('500m')) == quantity('1')", true],
    ["quantity('900000000000000000').add(quantity('900000000000000000')).asInteger()", 1800000000000000000n],
    ["quantity('900000000000000000').add(9000000000000000000).asInteger()", "fault"],
    ["quantity('99999999999999999999').sub(quantity('99999999999999999998')).isInteger()", false],
    [
      "['0.3', '.5', '1n', '1.5Gi'].map(t, quantity(t).asApproximateFloat())",
      [0.30000000000000004, 0.5, 1e-9, 1610612736],
    ],
    [
      "url('http://a?a=1&a=2&b&&=1&%61=b=c+%20é').getQuery() == {'a': ['1', '2', 'b=c  é'], 'b': [''], '': ['1']}",
      true,
    ],
    ["url('http://a?a=1;b&a=%zz&%zz=1&a;b').getQuery() == {}", true],
    ["['v1', '01.02', '1.2.00', '1.2.03-1', 'v1.2.3-rc.1+b-c'].all(text, isSemver(text, true))", true],
    ["['', 'v', 'vv1', '1-rc1', '1.2+b', '1.2.0-01', ' 1.2.3', '1..3'].exists(text, isSemver(text, true))", false],
    ["['1.02.3', '99999999999999999999.0.0', '1.2.0-18446744073709551616'].exists(text, isSemver(text))", false],
    ["['1.2.0-', '1.2.0+', '1.2.0+a..b', '1.2.0-a_b', '1.2.0+a+b', '1.2.3.4'].exists(text, isSemver(text))", false],
    ["semver('18446744073709551615.0.0').major()", -1n],
    ["semver('00.02', true) == semver('0.2.0+b')", true],
    ["semver('1.2.0-9007199254740993') == semver('1.2.0-9007199254740992')", false],
    ["format.dns1123Label() == format.dns1123Label() && format.dns1123Label() != format.labelValue()", true],
    ["type(ip('::1')) == net.IP && type(cidr('::/1')) == net.CIDR && type(optional.of(1)) == optional_type", true],
    ["type(type(1)) == type && type(timestamp(0)) == google.protobuf.Timestamp", true],
    ["optional.ofNonZeroValue(timestamp('0001-01-01T00:00:00Z')).hasValue()", false],
  ];
  for (const [source, value] of table) {
    expect([source, resultOf(source)]).toEqual([source, value]);
  }
});
