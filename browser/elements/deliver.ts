// How a group's script hands its elements to the frame that asked for it.
import type { Elements } from "./element";

export function deliver(elements: Elements): void {
  (globalThis as unknown as { soukGroup(elements: Elements): void }).soukGroup(elements);
}
