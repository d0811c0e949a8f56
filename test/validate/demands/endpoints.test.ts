import { expect, it } from "vitest";
import { said } from "../subject.ts";

it("warns about addresses with leading zeros, even among host names", () => {
  const slice = (addressType: string, address: string) =>
    said({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "a" },
      addressType,
      endpoints: [{ addresses: [address] }],
    });
  const [ofName, ofAddress] = ["apply/warning /addressType", "apply/warning /endpoints/0/addresses/0"];
  expect(slice("FQDN", "010.1.1.1")).toEqual([ofAddress, ofName]);
  expect(slice("FQDN", "10.1.1.1")).toEqual([ofName]);
  expect(slice("FQDN", "a.example.com")).toEqual([ofName]);
});
