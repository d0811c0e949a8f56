// The proof that Flux and Argo CD make of this repository what it says: npm run e2e:sync -- --context NAME --url URL [options]
//
//   --context NAME      the context of kubectl; there is no default, lest it be the wrong cluster
//   --url URL           a Git repository that the controllers can read: what is there is overwritten (or E2E_SYNC_URL)
//   --publish COMMAND   run in a clone after each commit to its branch main; by default it is pushed to the URL by force
//                       (or E2E_SYNC_PUBLISH)
//   --controller NAME   flux or argocd; both by default, one after the other
//   --yes               also where the context is not local (kind-*, k3d-*, minikube, docker-desktop, localContexts)
//
// Needs kubectl, git, and a cluster with the controllers and the overlays' images (npm run e2e says where from). A copy of this
// repository is followed, as clusters/flux and clusters/argocd stand but for the URL. What it makes it takes away, and it
// starts only where no namespace of the overlays is there. Exits with 1 when a point does not hold, with 2 when it could not run.
import { join } from "node:path";
import { noContext, readArguments } from "../arguments.mjs";
import { load } from "../bundle.mjs";

const { controller: controllers, ...options } = readArguments(
  import.meta.filename,
  "e2e:sync",
  {
    context: { type: "string" },
    url: { type: "string", default: process.env.E2E_SYNC_URL },
    publish: { type: "string", default: process.env.E2E_SYNC_PUBLISH },
    controller: { type: "string", multiple: true, default: ["flux", "argocd"] },
    yes: { type: "boolean", short: "y", default: false },
  },
  {
    wrong({ context, url }) {
      if (context === undefined) return noContext;
      return url ? undefined : "--url is missing: where the controllers find what is committed";
    },
  },
);
const publish = options.publish ?? `git push --quiet --force ${options.url} main`;
const { sync } = await load(join(import.meta.dirname, "sync.ts"));
try {
  const failed = await sync({ ...options, publish, controllers, print: (text) => console.log(text) });
  process.exitCode = failed === 0 ? 0 : 1;
} catch (error) {
  console.error(`e2e:sync: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}
