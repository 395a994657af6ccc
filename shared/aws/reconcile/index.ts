export { type Dismantled, dismantle } from "./dismantle.ts";
export { type FailedFleet, type ReconcileOptions, type Reconciliation, reconcile } from "./reconcile.ts";
