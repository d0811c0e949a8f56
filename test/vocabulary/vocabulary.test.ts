import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editDistance, isOneEditApart, nearest, nearestOfPaths } from "../../tools/core/nearest.ts";
import { decodes, isTime } from "../../tools/validate/decode.ts";
import { parseDuration } from "../../tools/vocabulary/duration.ts";
import { milliOf, storedText, wholeOf } from "../../tools/vocabulary/go-quantity.ts";
import { dns1123Label, isPortName, isQualifiedName, isSubdomain } from "../../tools/vocabulary/names.ts";
import { cidr, ip, lenientIp, parseIp } from "../../tools/vocabulary/network.ts";
import { parseQuantity, units } from "../../tools/vocabulary/quantity.ts";
import { isVersionRange } from "../../tools/vocabulary/semver.ts";
import { since, until, versionsIn, wordsFor } from "../../tools/vocabulary/versions.ts";

const fits = (is: (text: string) => boolean, yes: string[], no: string[]) => {
  expect(yes.filter((text) => !is(text))).toEqual([]);
  expect(no.filter(is)).toEqual([]);
};

it("ranges of versions are parsed as in Go", () => {
  const valid = [
    "1",
    "v1.2",
    "1.2.3-rc.1+x",
    "*",
    "1.x",
    "~1.2",
    "^2.0",
    ">=1 <2",
    ">= 1.0, != 1.5 || ~>3",
    "1.2 - 1.4.5",
    "=>1",
  ];
  const invalid = ["latest", "1.16.y", "1.2.3.4", ">=", "1.2 |", "", "1 ||", "main", "1..2", ">1 and <2"];
  fits(isVersionRange, valid, invalid);
});

describe("quantities", () => {
  it("are parsed as in the API server", () => {
    const valid = [
      "0",
      "1",
      "-1",
      "+1",
      "1.5",
      ".5",
      "1.",
      "100m",
      "1k",
      "1Ki",
      "1e3",
      "1E3",
      "1E",
      "1.5Gi",
      "1e-3",
      "12E",
      ".",
      "Gi",
    ];
    const invalid = ["", "x", "1 Gi", "1gi", "1KI", "1mm", "--1", "1e", "0x10", "1Mib", " 1", "Pi", "e-10"];
    fits((text) => parseQuantity(text) !== undefined, valid, invalid);
  });

  it("compare by value", () => {
    expect(parseQuantity("1000m")).toBe(parseQuantity("1"));
    expect(parseQuantity("1Ki")).toBe(units(1024));
    expect(parseQuantity("0.5")).toBe(parseQuantity("500m"));
    expect(parseQuantity("1e3")).toBe(units(1000));
    expect(parseQuantity("1n") ?? 0n).toBeGreaterThan(0n);
  });

  // As k8s.io/apimachinery 0.36.3 prints them.
  it.each<[text: string, whole: bigint, milli: bigint, stored: string]>([
    ["1.5", 2n, 1500n, "1500m"],
    ["-1.5", -2n, -1500n, "-1500m"],
    ["+1", 1n, 1000n, "+1"],
    ["01", 1n, 1000n, "01"],
    ["1.0", 1n, 1000n, "1"],
    ["1000m", 1n, 1000n, "1"],
    ["1000", 1000n, 1_000_000n, "1k"],
    ["1e3", 1000n, 1_000_000n, "1e3"],
    ["1024Ki", 1_048_576n, 1_048_576_000n, "1Mi"],
    ["1.5Ki", 1536n, 1_536_000n, "1536"],
    ["10E", 0n, 0n, "10E"],
    ["10000000000000000000", -8_446_744_073_709_551_616n, 1_864_712_049_423_024_128n, "10E"],
    ["30600709037G", -6_292_779_110_419_103_232n, 0n, "30600709037G"],
    ["-80600784053004.63398", -6_959_194_966n, -6_959_194_967_601n, "-80600784053004633980u"],
    ["1000000000000000000000", 3_875_820_019_684_212_736n, 2_003_764_205_206_896_640n, "1"],
  ])("%s is kept as in Go", (text, whole, milli, stored) => {
    expect([wholeOf(text), milliOf(text), storedText(text)]).toEqual([whole, milli, stored]);
  });

  it("are parsed fast, whatever their length", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseQuantity(text)));
    expect(parseQuantity("1e999999999")).toBeDefined();
    expect(parseQuantity(`1${"0".repeat(300)}`)).toBeUndefined();
  });
});

describe("names", () => {
  it("in DNS", () => {
    fits(
      dns1123Label.fits,
      ["a", "0", "a-b", "x".repeat(63)],
      ["", "A", "-a", "a-", "a.b", "a_b", "x".repeat(64), "a\n"],
    );
    fits(isSubdomain, ["a", "a.b-c.d"], ["", ".a", "a..b", "a.", "A.b", "x".repeat(254)]);
  });

  it("with a domain prefix", () => {
    fits(
      isQualifiedName,
      ["a", "A_b.c", "example.com/A"],
      ["", "/a", "a/", "a/b/c", "Example.com/a", "-x", "x".repeat(64)],
    );
  });

  it("of ports", () => {
    fits(isPortName, ["http", "a1", "web-1"], ["", "80", "HTTP", "a--b", "-a", "a-", "x".repeat(16)]);
  });
});

describe("addresses", () => {
  it("are parsed as in Go", () => {
    fits(
      ip.fits,
      ["10.0.0.1", "::", "::1", "2001:db8::1", "1:2:3:4:5:6:7:8"],
      ["", "10.0.0", "10.0.0.256", "010.0.0.1", "::ffff:1.2.3.4", "1::2::3", ":1"],
    );
    fits(lenientIp.fits, ["010.0.0.1", "::ffff:1.2.3.4"], ["10.0.0.300", "1:2"]);
    fits(
      cidr.fits,
      ["10.0.0.0/8", "0.0.0.0/0", "2001:db8::/64"],
      ["10.1.0.0/8", "10.0.0.0/33", "10.0.0.0", "10.0.0.0/08"],
    );
    expect(parseIp("1.2.3.4")).toEqual([1, 2, 3, 4]);
  });
});

describe("times and durations", () => {
  it("follow RFC 3339", () => {
    fits(
      isTime,
      ["2024-02-29T23:59:59Z", "2026-01-31T12:00:00.5+01:00"],
      ["2023-02-29T00:00:00Z", "2026-01-31", "2026-13-01T00:00:00Z", "2026-01-31T12:00:00"],
    );
  });

  it("have an offset of at most 24 hours and 60 minutes", () => {
    fits(
      isTime,
      ["2026-01-31T12:00:00+24:60", "2026-01-31T12:00:00-24:00"],
      ["2026-01-31T12:00:00+25:00", "2026-01-31T12:00:00-00:61"],
    );
  });

  it("follow Go's duration syntax", () => {
    fits(
      (text) => parseDuration(text) !== undefined,
      ["0", "1h30m", "-1.5s", "10ms", ".5h"],
      ["", "1", "1d", "h", "1 h"],
    );
  });
});

it("numbers fit their number of bits", () => {
  fits(
    (text) => decodes("int32", JSON.parse(text)),
    ["0", "-2147483648", "2147483647"],
    ["2147483648", "1.5", '"1"', "true"],
  );
  expect(decodes("int64", 2n ** 63n - 1n)).toBe(true);
  expect(decodes("int64", 2n ** 63n)).toBe(false);
});

describe("the nearest word", () => {
  it.each([
    ["replica", "replicas"],
    ["imagepullpolicy", "imagePullPolicy"],
    ["contianers", "containers"],
    ["imagePull", "imagePullPolicy"],
    ["zzz", undefined],
  ])("%s → %s", (word, expected) => {
    expect(nearest(word, ["replicas", "imagePullPolicy", "containers", "image"])).toBe(expected);
  });

  it.each([
    ["environments/prod", ["environments/dev", "environments/production"], "environments/production"],
    ["environments/production", ["environments/dev", "environments/prod"], "environments/prod"],
    ["overlays/prd", ["overlays/dev", "overlays/prod"], "overlays/prod"],
    ["overlay/prd", ["overlays/prod", "overlays/dev"], "overlays/prod"],
    ["keycloak/data", ["demo/keycloak/data"], "demo/keycloak/data"],
    ["downloads/tqm/app", ["downloads/qui/app", "downloads/tqm"], undefined],
    ["environments/prod", ["environments/dev"], undefined],
  ])("of paths, %s in %s → %s", (path, paths, expected) => {
    expect(nearestOfPaths(path, paths)).toBe(expected);
  });

  it("uses a symmetric distance", () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 12 }),
        fc.string({ maxLength: 12 }),
        (a, b) => editDistance(a, b) === editDistance(b, a),
      ),
    );
    expect(editDistance("ab", "ba")).toBe(1);
  });

  it("knows words that are one edit apart without the distance", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 5 });
    fc.assert(
      fc.property(word, word, (a, b) => isOneEditApart(a, b) === (editDistance(a, b) === 1)),
      { numRuns: 2000 },
    );
  });
});

describe("sets of versions", () => {
  it("are described in words", () => {
    expect(wordsFor(since("1.36"))).toBe("1.36–1.37");
    expect(wordsFor(until("1.30") | since("1.37"))).toBe("1.30 and 1.37");
    expect(versionsIn(since("1.29"))).toHaveLength(8);
    expect(versionsIn(until("1.29"))).toEqual([]);
  });
});
