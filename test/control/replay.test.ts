// Deciding again from a stored row.
import { expect, test } from "@jest/globals";
import { engineVersion, type Row, replay } from "../../shared/control/index.ts";
import { decideOrRefuse, sizeByRules } from "../../shared/engine/index.ts";
import { aiming, givenPolicy, givenSnapshot, noon, seen, serving, settledPoints } from "../support/given.ts";

const policy = givenPolicy();
const snapshot = givenSnapshot({
  memory: aiming(2),
  instances: seen(...serving(2)),
  signals: { requests: settledPoints(2_000) },
});
const row: Row = {
  id: "shop@1",
  fleet: "shop",
  generation: 1,
  at: noon,
  actBy: noon + 20_000,
  engineVersion,
  policyVersion: "sha256:0",
  snapshot,
  decision: decideOrRefuse(policy, snapshot, sizeByRules),
};

test("the same, to the byte", () => {
  expect(replay(policy, row, sizeByRules)).toEqual({ kind: "same" });
});

test("a refusal replays as one", () => {
  const refusing: typeof sizeByRules = () => {
    const sizing = sizeByRules(policy, snapshot);
    return { ...sizing, steps: sizing.steps.map((step) => ({ ...step, to: 101 })) };
  };
  const refused = { ...row, decision: decideOrRefuse(policy, snapshot, refusing) };
  expect(refused.decision.kind).toBe("refused");
  expect(replay(policy, refused, refusing)).toEqual({ kind: "same" });
});

test("different, with both decisions, whatever made it so", () => {
  const tampered = { ...row, decision: { ...row.decision, actions: [] } };
  expect(replay(policy, tampered, sizeByRules)).toEqual({
    kind: "different",
    stored: tampered.decision,
    again: row.decision,
  });
  const otherPolicy = givenPolicy({ bounds: { min: 9, max: 9 } });
  expect(replay(otherPolicy, row, sizeByRules)).toMatchObject({ kind: "different" });
  const otherSnapshot = { ...row, snapshot: { ...snapshot, signals: { requests: settledPoints(2_001) } } };
  expect(replay(policy, otherSnapshot, sizeByRules)).toMatchObject({ kind: "different" });
});

test("a row of another engine version is not compared", () => {
  const tampered = { ...row, engineVersion: "0", decision: { ...row.decision, actions: [] } };
  expect(replay(policy, tampered, sizeByRules)).toEqual({ kind: "other-version", stored: "0", running: engineVersion });
});
