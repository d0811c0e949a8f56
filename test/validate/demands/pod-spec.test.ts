import { expect, it } from "vitest";
import { pod, said } from "../subject.ts";

const searching = (domain: string) => said(pod({ dnsConfig: { searches: [domain] } }));

// As kube-apiserver 1.36.3 answered.
it.each([".", "a", "a.", "_a", "_a.b", "a_b", "_a__b.c-d", "a._b", "a_-b", "1.2"])("searches %s", (domain) => {
  expect(searching(domain)).toEqual([]);
});

it.each(["_", "a_", "__a", "a_.b", "a.__b", "_._", "-a", "_-a", "A", "a..b", ".a", ""])("searches no %j", (domain) => {
  expect(searching(domain)).toEqual(["apply/pod /spec/dnsConfig/searches/0"]);
});
