import { defineConfig } from "vitest/config";

export default defineConfig({
  // A busy machine is slow: a time limit is for tests that hang.
  test: { include: ["test/**/*.test.{ts,tsx}"], environment: "node", testTimeout: 60_000 },
});
