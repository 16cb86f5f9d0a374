import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Continuous integration is a terminal in the eyes of picocolors.
    env: { NO_COLOR: "1" },
    // Pages answer when the machine lets them.
    expect: { poll: { timeout: 10_000 } },
  },
});
