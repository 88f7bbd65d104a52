// What every page and component inherits: setData and its family, selection, routes. Groups add to it (my/query.ts, rare/relation.ts).
import type { EventChannel } from "./channel";
import { kindOf } from "./comp";
import { instanceOf, setData, spliceData } from "./instance";
import { pageDefinition, tabBarOf } from "./page";
import { openerChannel, routes } from "./router";
import { composedParent, ownerOf, selectAll } from "./select";

function select(this: any, selector: string): any { return selectAll(instanceOf(this), selector, 1)[0]; }
function selectEvery(this: any, selector: string): any[] { return selectAll(instanceOf(this), selector); }

const both = {
  setData(this: any, patch: any, callback?: unknown): void { setData(this, patch, callback); },
  $spliceData(this: any, patch: any, callback?: unknown): void { spliceData(this, patch, callback); },
  /** Changes merge until the end of the task anyway. */
  $batchedUpdates(this: any, run: () => void): void { run.call(this); },
  $selectComponent: select,
  $selectAllComponents: selectEvery,
  selectComponent: select,
  selectAllComponents: selectEvery,
  getTabBar(this: any): any { return tabBarOf(instanceOf(this).page); },
  setUpdatePerformanceListener(): void { /* there is nothing to report that the browser's own tools do not show */ },
  get router() { return routes(instanceOf(this).is); },
  get pageRouter() { return routes(instanceOf(this).page.is); },
};

/** Getters survive: Object.assign would call them. */
function members<T extends object>(more: T): object {
  return Object.defineProperties(Object.create(null, Object.getOwnPropertyDescriptors(Object.prototype)),
    { ...Object.getOwnPropertyDescriptors(both), ...Object.getOwnPropertyDescriptors(more) });
}

export const componentApi = members({
  selectOwnerComponent(this: any): any { return ownerOf(instanceOf(this)); },
  selectComposedParentComponent(this: any): any { return composedParent(instanceOf(this))?.self ?? null; },
  hasMixin(this: any, mixin: unknown): boolean { return !!kindOf(instanceOf(this))?.mixins.has(mixin); },
  getSavedReloadState(): undefined { return undefined; },
});

export const pageApi = members({
  getOpenerEventChannel(this: any): EventChannel { return openerChannel(instanceOf(this)); },
  hasMixin(this: any, mixin: unknown): boolean { return pageDefinition(instanceOf(this)).mixins.has(mixin); },
});
