/** A backend of HAProxy's, in place of a target group. */
export interface HaproxyBackend {
  readonly kind: "haproxy";
  /** Where the runtime API of each HAProxy listens: all of them have the backend, and all are told of every change. */
  readonly nodes: readonly HaproxyNode[];
  readonly backend: string;
  /** How the names of the slots begin that are the fleet's to fill; what follows is a number. */
  readonly slotPrefix: string;
  /** On which instances answer. */
  readonly port: number;
}
export interface HaproxyNode {
  readonly host: string;
  readonly port: number;
}
