// The firewall of Google Compute Engine, for clusters without Config Connector (see components/gce-firewall).
import { $, which } from "zx/core";
import { parseRequest, UsageError } from "./commands.ts";

const help = `Usage: npm run -s gce-firewall -- COMMAND [OPTIONS]

Opens port 80 of a cluster's nodes in the firewall of Google Compute Engine, with gcloud.

Commands:
  list                    list the forwarding rules that Kubernetes created, with their external addresses
  create                  open port 80 of the nodes
  delete                  delete that rule again

Options:
  --name NAME             name of the firewall rule (default: kubernetes-node-80)
  --target-tags TAG,…     tags of the nodes (default: kubernetes-node)
  --source-ranges CIDR,…  allow only these sources (default: any)
  --project ID            Google Cloud project (default: the project of the gcloud configuration)
  --dry-run               print the command without running it
  -h, --help              print this help

Exit status: 0 done, 1 gcloud failed, 2 gcloud was not run.
`;

void main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

async function main(argv: string[]): Promise<number> {
  try {
    const request = parseRequest(argv);
    if (request.help) process.stdout.write(help);
    else if (request.dryRun) console.log(["gcloud", ...request.args].join(" "));
    else return await gcloud(request.args);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`gce-firewall: ${error.message} (see --help)`);
    return 2;
  }
}

/** Runs gcloud on the terminal, because it asks before it deletes anything. */
async function gcloud(args: readonly string[]): Promise<number> {
  if (which.sync("gcloud", { nothrow: true }) === null) {
    console.error(
      "gce-firewall: gcloud is not installed: see https://cloud.google.com/sdk/docs/install, or add --dry-run to see the command",
    );
    return 2;
  }
  const { exitCode } = await $({ stdio: "inherit", nothrow: true })`gcloud ${args}`;
  return exitCode === 0 ? 0 : 1;
}
