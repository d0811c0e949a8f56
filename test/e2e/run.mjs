// Proves on a real cluster that the guestbook works: npm run e2e -- --context NAME [options] [OVERLAY…]
//
//   --context NAME   the kubectl context; it has no default, so that a wrong cluster is not used by accident
//   --yes            allows a context that is not local (local are kind-*, k3d-*, minikube, docker-desktop, localContexts)
//   --load COMMAND   loads images into the nodes without a registry: it is run with the archives that `npm run images --
//                    --offline` builds; E2E_LOAD does the same
//   OVERLAY          only these overlays: dns, env, nodeport, loadbalancer, gce, production
//
// Needs kubectl, a context whose user may create namespaces, and a node with room for seven small pods: overlays are brought
// up one after the other. It removes all that it creates, and refuses to start if one of the namespaces already exists.
// Exits with 1 if a point does not hold, and with 2 if it could not run.
import { join } from "node:path";
import { noContext, readArguments } from "../arguments.mjs";
import { load } from "../bundle.mjs";

const { positionals: overlays, ...options } = readArguments(
  import.meta.filename,
  "e2e",
  {
    context: { type: "string" },
    yes: { type: "boolean", short: "y", default: false },
    load: { type: "string", default: process.env.E2E_LOAD },
  },
  { positionals: true, wrong: ({ context }) => (context === undefined ? noContext : undefined) },
);
const { e2e } = await load(join(import.meta.dirname, "e2e.ts"));
try {
  const failed = await e2e({ ...options, overlays, print: (text) => console.log(text) });
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(`e2e: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
