import { defineConfig } from "vitest/config";
import { plugin } from "./tools/plugin.mjs";

export default defineConfig({
  plugins: [plugin()],
  test: { globalSetup: "test/build.ts", include: ["test/**/*.test.ts"], testTimeout: 120_000 },
});
