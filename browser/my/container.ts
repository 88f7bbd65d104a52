// my.navigateBack in a program that has a page-container: one that is shown takes the step for itself, as it does with the person's own step back.
import { callFrame } from "../worker/flush";
import { topPage } from "../worker/router";
import { type Family, perform, plainOpts } from "./call";

export function connectContainer(my: Family): void {
  const leave = my.navigateBack as (opts: unknown) => void;
  my.navigateBack = (opts?: any) => perform(opts, done => {
    const go = (): void => { leave({ ...plainOpts(opts), success: (r: unknown) => done(true, r), fail: (e: unknown) => done(false, e) }); };
    const page = topPage();
    if (!page) return go();
    callFrame("container", [page.id], closed => closed ? done(true, {}) : go());
  });
}
