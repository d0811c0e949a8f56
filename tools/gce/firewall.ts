// The firewall of Google Compute Engine, for clusters without Config Connector (see components/gce-firewall).
import { $, which } from "zx/core";
import { parseRequest, UsageError } from "./commands.ts";

const help = `Usage: npm run -s gce-firewall -- COMMAND [OPTIONS]

Opens port 80 of a cluster's nodes in the firewall of Google Compute Engine, with gcloud.

Commands:
  list                    the forwarding rules that Kubernetes made, with their external addresses
  create                  let visitors through to port 80 of the nodes
  delete                  take that rule away again

Options:
  --name NAME             of the firewall rule (kubernetes-node-80)
  --target-tags TAG,…     that the nodes carry (kubernetes-node)
  --source-ranges CIDR,…  let in these only (any source)
  --project ID            of Google Cloud (the one that gcloud is configured for)
  --dry-run               print the command, run nothing
  -h, --help              print this

Exit status: 0 done, 1 gcloud failed, 2 it could not be run.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(argv: string[]): Promise<number> {
  try {
    const request = parseRequest(argv);
    if (request.help) process.stdout.write(help);
    else if (request.dryRun) console.log(["gcloud", ...request.args].join(" "));
    else return await gcloud(request.args);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`gce-firewall: ${error.message} (--help shows how)`);
    return 2;
  }
}

/** gcloud has the terminal to itself: before it deletes anything, it asks. */
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
