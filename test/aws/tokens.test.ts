// A token is what keeps a repeated launch from being a second one.
import { describe, expect, test } from "@jest/globals";
import { clientToken } from "../../shared/aws/tokens.ts";

const given = {
  stage: "prod",
  snapshot: { fleet: "shop", birth: 1_700_000_000_000 },
  action: "shop@12/launch",
  attempt: 0,
};

describe("a client token", () => {
  test("is the same for the same request, in every process and release", () => {
    expect(clientToken(given)).toBe("cf083c3f15e1ee040b153f4796aa9f9137f583021028934f4f02bddeb8b8573f");
  });

  test("is of 64 ASCII characters, however long the names are", () => {
    const long = { ...given, stage: "ü".repeat(200), action: `${"x".repeat(500)}@1/launch` };
    for (const one of [given, long]) expect(clientToken(one)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each([
    ["another stage", { stage: "test" }],
    ["another fleet", { snapshot: { ...given.snapshot, fleet: "blog" } }],
    ["a log begun anew", { snapshot: { ...given.snapshot, birth: 1_700_000_000_001 } }],
    ["another generation", { action: "shop@13/launch" }],
    ["another attempt", { attempt: 1 }],
  ])("differs for %s", (_name, changed) => {
    expect(clientToken({ ...given, ...changed })).not.toBe(clientToken(given));
  });

  test("does not confuse where one part ends and the next begins", () => {
    const one = clientToken({ ...given, stage: "a", snapshot: { fleet: "bc", birth: 1 } });
    expect(clientToken({ ...given, stage: "ab", snapshot: { fleet: "c", birth: 1 } })).not.toBe(one);
  });
});
