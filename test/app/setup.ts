import { missingPackages, serverPackages } from "./packages.mjs";

/** A test that cannot run fails, and says what it needs. */
export default function setup(): void {
  const missing = missingPackages(serverPackages);
  if (missing === undefined) return;
  console.error(`npm run test:app: ${missing}`);
  process.exit(2);
}
