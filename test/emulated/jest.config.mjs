// Apart from the ordinary tests: these need Python and, once, PyPI.
import usual from "../../jest.config.mjs";

export default {
  ...usual,
  rootDir: "../..",
  roots: ["<rootDir>/test/emulated"],
  testPathIgnorePatterns: ["/node_modules/"],
  testTimeout: 120_000,
  // The story waits most of its time.
  maxWorkers: 2,
  verbose: true,
};
