import { expect, test } from "vitest";
import { isLocal, kubeconfigOf } from "../../tools/cluster/context.ts";

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

test("a kubeconfig has named contexts with a namespace", () => {
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
