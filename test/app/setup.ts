import { missingPackages, serverPackages } from "./packages.mjs";

/** Fails with the missing packages if the tests cannot run. */
export default function setup(): void {
  const missing = missingPackages(serverPackages);
  if (missing === undefined) return;
  console.error(`npm run test:app: ${missing}`);
  process.exit(2);
}
