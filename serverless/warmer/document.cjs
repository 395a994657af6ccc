// The document by which an instance warms itself: a script that is always the same, and parameters that fit their patterns.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

module.exports = async () => {
  const { parameters } = await import("../../shared/policy/onInstance.ts");
  const script = readFileSync(join(__dirname, "warm.py"), "utf8");
  return {
    schemaVersion: "2.2",
    description: "Tidegate: asks this instance for its pages until it answers quickly",
    parameters: Object.fromEntries(
      Object.entries(parameters).map(([name, parameter]) => [name, parameterOf(parameter)]),
    ),
    mainSteps: [
      {
        name: "warm",
        action: "aws:runShellScript",
        precondition: { StringEquals: ["platformType", "Linux"] },
        inputs: {
          timeoutSeconds,
          runCommand: ["python3 -I - <<'TIDEGATE'", ...script.trimEnd().split("\n"), "TIDEGATE"],
        },
      },
    ],
  };
};

/** More than any policy gives a warm-up; the script ends itself before. */
const timeoutSeconds = "960";
const parameterOf = ({ pattern, description }) => ({ type: "String", description, allowedPattern: pattern });
