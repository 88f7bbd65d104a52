// How a group's script hands what it holds to the frame that asked for it.
import type { Group } from "../frame/model";

export function deliver(group: Group): void {
  (globalThis as unknown as { soukGroup(group: Group): void }).soukGroup(group);
}
