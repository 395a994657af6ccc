// The SDK's note on the Node it will need in 2027, once a worker, drowns what tests have to say.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

export default {
  testEnvironment: "node",
  // Commands run as processes of their own, on machines that are busy with other things.
  testTimeout: 60_000,
  // Half of the tests wait for processes of their own: a core left free would be idle.
  maxWorkers: "100%",
  roots: ["<rootDir>/test"],
  testMatch: ["**/*.test.ts"],
  // Need more than npm: `npm run test:aws` runs them.
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/emulated/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "es6" } },
    ],
  },
};
