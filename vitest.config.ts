import { defineConfig } from "vitest/config";

/** Tests that want more than this Node: a browser, a Python, the network. Each says so and skips where it is missing. */
const SURROUNDINGS = [
  "src/envs/gymnasium/{gymnasium-env,python-environments,python-process}.test.ts",
  "test/gymnasium-learning.test.ts",
  "test/bits/runtimes.test.ts",
  "test/web/{accessibility,bundled-package,game,lab,study,watch}.test.ts",
  "test/sweep/postgres.test.ts",
];

/** Tests that run the command line in processes of its own. */
const PROGRAMS = ["src/cli/commands/*.test.ts", "test/{resume,sweep}/*.test.ts"];
/** Builds it for them. */
const globalSetup = "test/program.setup.ts";

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A file on every core. Vitest keeps one core for itself, which on two of them is half of the machine.
    maxWorkers: "100%",
    // Continuous integration is a terminal in the eyes of picocolors.
    env: { NO_COLOR: "1" },
    // Pages answer when the machine lets them.
    expect: { poll: { timeout: 10_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "node",
          include: ["src/**/*.test.ts", "test/**/*.test.ts"],
          exclude: [...SURROUNDINGS, ...PROGRAMS],
        },
      },
      { extends: true, test: { name: "programs", include: PROGRAMS, exclude: SURROUNDINGS, globalSetup } },
      // Once more where a browser, a server or another program was late: what is broken fails twice.
      { extends: true, test: { name: "surroundings", include: SURROUNDINGS, globalSetup, retry: 1 } },
    ],
  },
});
