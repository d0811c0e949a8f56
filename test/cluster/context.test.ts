import { expect, test } from "vitest";
import { consent, isLocal, kubeconfigOf } from "../../tools/cluster/context.ts";

test.each([
  ["kind-guestbook", [], true],
  ["k3d-dev", [], true],
  ["minikube", [], true],
  ["docker-desktop", [], true],
  ["production", [], false],
  ["my-kind-cluster", [], false],
  ["minikube.example.com", [], false],
  ["lab-3", ["lab-*"], true],
  ["lab-3", ["lab"], false],
])("%s with %j", (name, named, local) => expect(isLocal(name, named)).toBe(local));

test.each([
  [{ local: true, agreed: false, terminal: false }, "granted"],
  [{ local: false, agreed: true, terminal: false }, "granted"],
  [{ local: false, agreed: false, terminal: true }, "ask"],
  [{ local: false, agreed: false, terminal: false }, "refused"],
])("%j: %s", (situation, expected) => expect(consent(situation)).toBe(expected));

test("a kubeconfig", () => {
  const contexts = [
    { name: "a", context: { cluster: "a", namespace: "shop" } },
    { name: "b", context: { cluster: "b" } },
    { context: {} },
  ];
  expect(kubeconfigOf({ "current-context": "b", contexts })).toEqual({
    current: "b",
    contexts: [
      { name: "a", namespace: "shop" },
      { name: "b", namespace: "default" },
    ],
  });
  expect(kubeconfigOf({ "current-context": "", contexts: null })).toEqual({ current: undefined, contexts: [] });
});
