import { describe, expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { onePerMissingObject } from "../../tools/gate/missing-objects.ts";
import validate from "../../tools/report/report.schema.json?validate";
import { commit, newRepository } from "../git/repository.ts";
import { check as checked, type Files, type RunOptions, repository, writeFilesIn } from "../run.ts";

/** A CronJob that names Secrets. */
const job = (name: string, ...secrets: string[]) =>
  JSON.stringify({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, namespace: "shop" },
    spec: {
      schedule: "@daily",
      jobTemplate: {
        spec: {
          template: {
            spec: {
              restartPolicy: "Never",
              containers: secrets.map((secret, index) => ({
                name: `c${index}`,
                image: "example.com/job:1",
                envFrom: [{ secretRef: { name: secret } }],
              })),
            },
          },
        },
      },
    },
  });

const shop = (jobs: Files): Files => ({
  "gitops.yaml": "profile: baseline\nwaivers: waivers.yaml\n",
  "waivers.yaml": "[]\n",
  ...Object.fromEntries(Object.entries(jobs).map(([name, text]) => [`shop/${name}.yaml`, text])),
});

const jobs = { a: job("a", "db", "db"), b: job("b", "db", "mail"), c: job("c", "mail") };

async function check(args: readonly string[], options: RunOptions) {
  const { report } = await checked(args, options);
  if (!validate(report)) throw new Error(JSON.stringify(validate.errors));
  return report.findings
    .filter(({ rule }) => rule === "link/config-missing")
    .map(({ resource, message, status = "", waived }) =>
      [status, waived ? "waived" : "", resource?.split("/").at(-1), message.replace(/^.*references /, "")]
        .filter(Boolean)
        .join(" "),
    );
}

const none = "which does not exist in namespace shop";

describe("a missing object is reported once", () => {
  test("with its other references", async () => {
    expect(await check([], { cwd: repository(shop(jobs)) })).toEqual([
      `a Secret db, ${none} (and 2 more references: CronJob b)`,
      `b Secret mail, ${none} (and 1 more reference: CronJob c)`,
    ]);
  });

  test("without waived references, which are reported separately", async () => {
    const waiver = (name: string) => ({
      rule: "link/config-missing",
      resource: `*/CronJob/shop/${name}`,
      reason: "made by hand",
      owner: "shop",
      expires: "2999-01-01",
    });
    const cwd = repository({ ...shop(jobs), "waivers.yaml": JSON.stringify([waiver("a"), waiver("c")]) });
    expect(await check([], { cwd })).toEqual([
      `waived a Secret db, ${none}`,
      `waived a Secret db, ${none}`,
      `b Secret db, ${none}`,
      `b Secret mail, ${none}`,
      `waived c Secret mail, ${none}`,
    ]);
  });

  test("and references added since the base are new", async () => {
    const cwd = newRepository();
    commit(cwd, shop({ b: job("b", "db"), c: job("c", "db") }) as Record<string, string>);
    writeFilesIn(cwd, shop({ a: job("a", "db"), d: job("d", "db") }));
    expect(await check(["--base", "main"], { cwd })).toEqual([
      `new a Secret db, ${none} (and 1 more reference: CronJob d)`,
      `old b Secret db, ${none} (and 1 more reference: CronJob c)`,
    ]);
  });

  test("at the highest severity, with the names of a few other references", () => {
    const finding = (name: string, severity: Finding["severity"] = "error"): Finding => ({
      rule: "link/config-missing",
      severity,
      message: `Deployment ${name} references Secret db`,
      target: "shop",
      resource: `apps/v1/Deployment/shop/${name}`,
      waived: false,
      missing: { what: "Secret shop/db", by: `Deployment ${name}` },
    });
    const [one, ...more] = onePerMissingObject([
      finding("a", "warning"),
      ...["f", "b", "c", "d", "e"].map((name) => finding(name)),
    ]);
    expect(more).toEqual([]);
    expect(one).toMatchObject({
      severity: "error",
      message:
        "Deployment b references Secret db (and 5 more references: Deployment c, Deployment d, Deployment e and 2 others)",
    });
    expect(one).not.toHaveProperty("missing");
  });
});
