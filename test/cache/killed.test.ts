import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, it } from "vitest";
import { check, pinnedKustomize, repository, temporaryFolder } from "../run.ts";
import { deployment, files } from "./world.ts";

/** `npm run test:cache` tries 100. */
const kills = Number(process.env.GITOPS_TEST_KILLS ?? 3);

it(
  `a killed gate leaves a cache with correct results, ${kills} times`,
  async () => {
    const [cwd, cache] = [repository(files), temporaryFolder()];
    const env = { KUSTOMIZE: pinnedKustomize(), GITOPS_CACHE_DIR: cache };
    const start = performance.now();
    await check([], { cwd, env });
    const whole = performance.now() - start;
    for (let kill = 0; kill < kills; kill++) {
      writeFileSync(join(cwd, "overlays/b/settings.txt"), `one=${kill}\n`);
      writeFileSync(join(cwd, "base/web.yaml"), deployment("web", 1 + (kill % 5)));
      const moment = Math.random() * whole;
      await startAndKill(cwd, env, moment);
      const [known, judged] = [await check([], { cwd, env }), await check(["--no-cache"], { cwd, env })];
      expect({ moment, ...plain(known) }).toEqual({ moment, ...plain(judged) });
    }
  },
  60_000 + kills * 30_000,
);

/** A report without what differs from run to run. */
function plain({ report, code }: Awaited<ReturnType<typeof check>>) {
  const targets = report.targets.map((target) => ({ ...target, cached: false }));
  return { code, report: { ...report, targets, summary: { ...report.summary, durationMs: 0 } } };
}

/** Starts a check and kills it, unless it ends first. */
function startAndKill(cwd: string, env: Readonly<Record<string, string>>, ms: number): Promise<void> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [inject("gitops"), "check"], {
      cwd,
      env: { ...process.env, ...env },
      stdio: "ignore",
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), ms);
    child.on("close", () => {
      clearTimeout(timer);
      settle();
    });
  });
}
