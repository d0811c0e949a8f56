// npm run test:app: the frontend as its image runs it. One file at a time, because each starts its own servers.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "test/app/setup.ts",
    include: ["test/app/**/*.spec.ts"],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
