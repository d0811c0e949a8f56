import { defineConfig } from "vitest/config";
import { schemas } from "./tools/schemas.mjs";

export default defineConfig({
  plugins: [schemas()],
  test: { globalSetup: "test/build.ts", include: ["test/**/*.test.ts"], testTimeout: 120_000 },
});
