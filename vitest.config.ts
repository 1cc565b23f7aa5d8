import { defineConfig } from "vitest/config";

const ignore = ["**/node_modules/**", ".next/**", ".cache/**", ".plumbline/**", "dist/**"];

// Against a test that hangs, and not against a machine that is slow: what is waited for mostly comes at once.
const patience = { testTimeout: 120_000, hookTimeout: 180_000, expect: { poll: { timeout: 60_000 } } };

/** One project per tier (docs/architecture.md, "Tests"); a file's name says which tier it needs. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "pure",
          include: ["**/*.test.ts"],
          exclude: [...ignore, "**/*.data.test.ts", "**/*.cluster.test.ts"],
          ...patience,
          // By default one processor is left to itself.
          maxWorkers: "100%",
        },
      },
      {
        test: {
          name: "data",
          include: ["**/*.data.test.ts"],
          exclude: ignore,
          globalSetup: ["e2e/tiers/data.ts"],
          ...patience,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["**/*.cluster.test.ts"],
          exclude: ignore,
          globalSetup: ["e2e/tiers/cluster.ts"],
          ...patience,
          fileParallelism: false,
        },
      },
    ],
  },
});
