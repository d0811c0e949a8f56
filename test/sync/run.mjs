// Proves that Flux and Argo CD apply this repository as promised: npm run e2e:sync -- --context NAME --url URL [options]
//
//   --context NAME      the kubectl context; it has no default, so that a wrong cluster is not used by accident
//   --url URL           a Git repository that the controllers can read; its content is overwritten (or E2E_SYNC_URL)
//   --publish COMMAND   run in a clone after each commit to its branch main; the default is a forced push to the URL
//                       (or E2E_SYNC_PUBLISH)
//   --controller NAME   flux or argocd; the default is both, one after the other
//   --yes               allows a context that is not local (local are kind-*, k3d-*, minikube, docker-desktop, localContexts)
//
// Needs kubectl, git, and a cluster with the controllers and the overlays' images (see npm run e2e -- --help). The controllers
// follow a copy of this repository, with clusters/flux and clusters/argocd unchanged except for the URL. It removes all that it
// creates, and refuses to start if a namespace of an overlay exists. Exits with 1 if a point does not hold, with 2 if it could not run.
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
      return url ? undefined : "--url is missing: the Git repository that the controllers read";
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
