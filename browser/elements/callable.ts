// Elements that take calls by id (canvas, video, map): the frame finds the function here.
import type { Host } from "./element";

export type Call = (name: string, args: any[]) => any;
export type Callable = Host & { $call?: Call };

export function answers(el: Host, call: Call): void {
  (el as Callable).$call = call;
}
