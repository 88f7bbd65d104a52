// my.navigateTo and its kin: the worker's own router, answered by the call contract.
import { onWrap, type Routed, route as go, routeNames, topPage } from "../worker/router";
import { failure, type Family, type Method, perform } from "./call";

/** Moves happen after the handler that asks for them, in the order asked: onLoad may redirect before it is drawn. */
function routed(name: string, from: () => string): Method {
  return (opts?: any) => perform(opts, done => {
    queueMicrotask(() => {
      if (name !== "navigateBack" && (typeof opts?.url !== "string" || !opts.url)) {
        done(false, failure(2, `${name} needs url`));
        return;
      }
      const end = (result: Routed): void => done(!("error" in result), result);
      const result = go(name, opts, from());
      if (result instanceof Promise) void result.then(end);
      else end(result);
    });
  });
}

const current = (): string => topPage()?.is ?? "";

onWrap(routed);
export const route: Family = Object.fromEntries(routeNames.map(name => [name, routed(name, current)]));
