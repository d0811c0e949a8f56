import { describe, expect, test } from "vitest";
import { gitops, repository } from "../run.ts";

/** The output of `explain` in a repository without an `installed` setting. */
async function explained(name: string): Promise<string> {
  const { code, stdout, stderr } = await gitops(["explain", name], { cwd: repository({}) });
  return code === 0 ? stdout : stderr;
}

describe("explain knows the bundled kinds", () => {
  test.each([
    ["Certificate.spec.secretName", "Certificate.spec.secretName: string (cert-manager.io/v1)"],
    ["cert-manager.io/v1/Certificate.spec.secretName", "Certificate.spec.secretName: string (cert-manager.io/v1)"],
    ["httproutes.spec", "HTTPRoute.spec: object (gateway.networking.k8s.io/v1)"],
    ["Kustomization.spec.path", "Kustomization.spec.path: string (kustomize.toolkit.fluxcd.io/v1)"],
    ["HelmRelease.spec.chartRef.kind", "HelmRelease.spec.chartRef.kind: string (helm.toolkit.fluxcd.io/v2)"],
    ["Gateway.spec.selector", "Gateway.spec.selector: map[string]string (networking.istio.io/v1)"],
    // The built-in kind, although Knative has one of the same name.
    ["Service.spec.clusterIP", "Service.spec.clusterIP: string (v1)"],
  ])("%s", async (name, first) => {
    expect((await explained(name)).split("\n")[0]).toBe(first);
  });

  test("and names their project, and how to enable their checks", async () => {
    const words = (await explained("HTTPRoute")).replaceAll(/\s+/g, " ");
    expect(words).toContain(
      "Part of Gateway API 1.7 (experimental channel); checked with installed: [gateway-api] in gitops.yaml",
    );
    expect(await explained("Kustomization")).toContain("Part of Flux's controllers 1.9; always checked.");
  });

  test("and suggests similar names", async () => {
    expect(await explained("HTTPRouts")).toContain('there is no rule or kind HTTPRouts, did you mean "HTTPRoute"?');
    expect(await explained("Certificate.spec.secretname")).toContain('did you mean "secretName"?');
    expect(await explained("cert-manager.io/v2/Certificate")).toContain("Certificate is a kind of cert-manager.io/v1");
  });
});
