import { cpSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import { container, find, kustomizes, type Rendered, render, root } from "../guestbook/guestbook.ts";
import { check, run, temporaryFolder, writeFilesIn } from "../run.ts";

const source = join(root, "images/frontend");
const read = (file: string) => readFileSync(join(source, file), "utf8");

/** The instructions of the Containerfile, such as `RUN apt-get …`, one per line. */
const instructions = read("Containerfile")
  .replaceAll(/^#.*\n/gm, "")
  .replaceAll(/\\\n\s*/g, "")
  .split("\n")
  .filter(Boolean);
const arguments_ = (name: string) =>
  instructions.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));

describe("the Containerfile", () => {
  const production = await_(render("overlays/production"));

  test("is based on Debian, and installs only Debian packages", () => {
    expect(arguments_("FROM")).toEqual(["debian:bookworm-slim"]);
    expect(arguments_("RUN")).toHaveLength(1);
    expect(arguments_("RUN")[0]).toContain("--no-install-recommends apache2 libapache2-mod-php php-redis ");
    expect(instructions.join("\n")).not.toMatch(/curl|wget|pecl|composer|https?:|^ADD/m);
  });

  test("is independent of the architecture", () => {
    expect(instructions.join("\n")).not.toMatch(/amd64|arm64|x86_64|aarch64|--platform/);
    expect(read("apache.conf")).not.toMatch(/x86_64|aarch64/);
  });

  test("uses the user, the port and the folder of the components", async () => {
    const objects = await production;
    const pod = find(objects, "Deployment", "frontend").spec.template.spec;
    const { ports, volumeMounts } = container(objects, "frontend");
    const { runAsUser, runAsGroup } = pod.securityContext;
    expect(arguments_("USER")).toEqual([`${runAsUser}:${runAsGroup}`]);
    expect(arguments_("EXPOSE")).toEqual([`${ports[0].containerPort}`]);
    expect(arguments_("ENV")[0]).toContain(` LISTEN=${ports[0].containerPort} `);
    expect(volumeMounts.map((mount: { mountPath: string }) => `TMPDIR=${mount.mountPath}`)).toEqual(
      arguments_("ENV")[0]?.match(/TMPDIR=\S+/g),
    );
  });

  test("starts Apache without a shell, and stops it gracefully", () => {
    expect(arguments_("CMD")[0]).toMatch(/^\["apache2", "-D", "FOREGROUND"/);
    expect(arguments_("STOPSIGNAL")).toEqual(["SIGWINCH"]);
  });

  test("copies all sources except those for builds and checks", () => {
    const copied = arguments_("COPY").flatMap((line) => line.split(" ").slice(0, -1));
    const excluded = ["Containerfile", "tsconfig.json"];
    expect([...copied, ...excluded].sort()).toEqual(readdirSync(source).sort());
  });

  test("finishes before Kubernetes kills it", async () => {
    const pod = find(await production, "Deployment", "frontend").spec.template.spec;
    const [, shutdown = ""] = /^GracefulShutdownTimeout (\d+)$/m.exec(read("apache.conf")) ?? [];
    const { sleep } = pod.containers[0].lifecycle.preStop;
    expect(sleep.seconds + Number(shutdown)).toBeLessThan(pod.terminationGracePeriodSeconds ?? 30);
  });
});

/** Prevents an unhandled rejection: the tests that need the objects await them. */
function await_(objects: Promise<Rendered[]>): Promise<Rendered[]> {
  objects.catch(() => {});
  return objects;
}

describe("the configuration of Apache and PHP", () => {
  test("Redis times out before the readiness probe of the frontend", async () => {
    const seconds = (name: string) =>
      Number(new RegExp(`^const ${name} = ([\\d.]+);$`, "m").exec(read("src/redis.php"))?.[1]);
    const { readinessProbe } = container(await render("overlays/production"), "frontend");
    // Try the persistent connection, open a new one, send a command.
    expect(seconds("CONNECT_TIMEOUT") + 2 * seconds("READ_TIMEOUT")).toBeLessThan(readinessProbe.timeoutSeconds);
  });

  test("writes only to TMPDIR, standard output and standard error", () => {
    const written = read("apache.conf").match(/^(?:PidFile|DefaultRuntimeDir|ErrorLog|CustomLog) \S+/gm);
    expect(written).toEqual([
      `PidFile \${TMPDIR}/apache2.pid`,
      `DefaultRuntimeDir \${TMPDIR}`,
      "ErrorLog /dev/stderr",
      "CustomLog /dev/stdout",
    ]);
  });

  test("sends a security policy without exceptions", () => {
    const [, policy = ""] = /Content-Security-Policy "([^"]+)"/.exec(read("apache.conf")) ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
  });

  test("shows no PHP errors to visitors", () => {
    expect(read("php.ini")).toMatch(/^display_errors = Off$/m);
    expect(read("php.ini")).toMatch(/^expose_php = Off$/m);
  });
});

describe("the page", () => {
  const page = read("public/index.html");

  test("has no inline script, style or handler, and loads nothing from other hosts", () => {
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|https?:|\/\//);
  });

  test("refers only to existing files", () => {
    const files = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? "");
    const modules = readdirSync(join(source, "public/js")).flatMap((file) =>
      [...read(`public/js/${file}`).matchAll(/from "\.\/([^"]+)"/g)].map((match) => `js/${match[1]}`),
    );
    for (const file of new Set([...files, ...modules])) expect(read(`public/${file}`), file).not.toBe("");
    expect(new Set(modules).size).toBe(readdirSync(join(source, "public/js")).length - 1);
  });

  test("never inserts entries as HTML", () => {
    for (const file of readdirSync(join(source, "public/js")))
      expect(read(`public/js/${file}`), file).not.toMatch(
        /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(/,
      );
  });

  test("uses the same marker for a literal comma as the server", () => {
    expect(read("src/commands.php")).toContain(String.raw`const COMMA = ",\u{2063}";`);
    expect(read("public/js/entries.js")).toContain(String.raw`const OWN = "\u2063";`);
  });
});

describe("pin-image", () => {
  const name = "ghcr.io/somebody/frontend";
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  const script = join(root, ".github/scripts/pin-image.mjs");

  /** A copy of this repository's manifests and policies. */
  const copy = () => {
    const folder = temporaryFolder();
    for (const part of ["base", "components", "overlays", "policies"])
      cpSync(join(root, part), join(folder, part), { recursive: true });
    writeFilesIn(folder, { "gitops.yaml": "contracts: policies/contracts.yaml\n", ".git/HEAD": "" });
    return folder;
  };
  const pin = (cwd: string, ...args: string[]) => run(process.execPath, [script, ...args], { cwd });

  test("pins by digest for every kustomize, and the gate accepts the image", { timeout: 120_000 }, async () => {
    const folder = copy();
    expect(await pin(folder, name, "0.1.0-7", digest)).toMatchObject({ code: 0, stderr: "" });
    for (const kustomize of kustomizes) {
      const [program = "", ...args] = kustomize.command;
      const { stdout } = await run(program, [...args, "overlays/production"], { cwd: folder });
      expect(stdout).toContain(`image: ${name}@${digest}\n`);
    }
    const { report } = await check(["overlays/production"], { cwd: folder });
    expect(report.findings).toEqual([]);
    const before = readFileSync(join(folder, "components/frontend-image/kustomization.yaml"), "utf8");
    expect(load(before)).toMatchObject({ images: [{ newName: name, digest }] });
    expect(await pin(folder, name, "0.1.0-8", digest)).toMatchObject({ code: 0, stderr: "" });
    const after = readFileSync(join(folder, "components/frontend-image/kustomization.yaml"), "utf8");
    expect(after).toBe(before.replace("# 0.1.0-7", "# 0.1.0-8"));
  });

  test.each([
    ["docker.io/somebody/frontend", "0.1.0-7", digest],
    [`${name}\nnewTag: x`, "0.1.0-7", digest],
    [name, "latest", digest],
    [name, "0.1.0-7", "sha256:0"],
    [name, "0.1.0-7", `${digest} # $(id)`],
  ])("rejects %j %j %j", async (...args) => {
    const { code, stderr } = await pin(temporaryFolder(), ...args);
    expect(stderr).toMatch(/^pin-image: .* is not a valid (name|tag|digest) for the guestbook's frontend\n$/s);
    expect(code).toBe(2);
  });
});
