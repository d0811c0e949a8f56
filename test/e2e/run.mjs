// The proof that the guestbook runs, on a real cluster: npm run e2e -- --context NAME [options] [OVERLAY…]
//
//   --context NAME   the context of kubectl; there is no default, lest it be the wrong cluster
//   --yes            also where the context is not local (kind-*, k3d-*, minikube, docker-desktop, localContexts)
//   --load COMMAND   gives the nodes the images that no registry has: it is run with the archives that `npm run images --
//                    --offline` makes; E2E_LOAD does the same
//   OVERLAY          only these: dns, env, nodeport, loadbalancer, gce, production
//
// Needs kubectl, a context whose user may create namespaces, and a node with room for seven small pods: overlays are brought
// up one after the other. Whatever it makes it takes away, and it starts only where no namespace of theirs is there.
// Exits with 1 when a point does not hold, with 2 when it could not run.
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
