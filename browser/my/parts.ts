// What the groups of functions (groups.ts) have brought to this worker.
import type { Family } from "./call";

/** What a group brings: functions, what connects them to their sources once `my` is made, and the nodes that a query finds. */
export interface Part {
  family: Family;
  connect?: (my: Family) => void;
  node?: (page: number, id: string, width: number, height: number) => unknown;
}

/** The groups that are there. */
export const parts: Part[] = [];
