// The object `my`: every family together; what groups bring (groups.ts), the honest answers for what does not exist here among them.
import { report } from "../worker/report";
import { settings } from "../worker/settings";
import { callShell } from "../worker/shell";
import { type Family, perform, plainOpts } from "./call";
import { device } from "./device";
import { connectEvents, events } from "./events";
import { media } from "./media";
import { network } from "./network";
import { parts } from "./parts";
import { route } from "./route";
import { storage } from "./storage";
import { connectSystem, system } from "./system";
import { ui } from "./ui";

export const sdkVersion = "2.9.50";

/** my.call(name, opts, callback): the generic form; a failure arrives in the callback too. */
function callByName(my: Family) {
  return (name: string, opts?: any, callback?: any) => {
    const done = typeof opts === "function" ? opts : callback, args = typeof opts === "object" && opts ? opts : {};
    const method = my[name];
    if (typeof method === "function") {
      if (typeof done !== "function") return method(args);
      return method({ ...args, success: (r: unknown) => { args.success?.(r); done(r); }, fail: (e: unknown) => { args.fail?.(e); done(e); } });
    }
    return perform({ ...args, ...typeof done === "function" ? { complete: done } : {} }, end => { callShell(name, plainOpts(args), end); });
  };
}

export function makeMy(): any {
  const my: Family = {
    SDKVersion: sdkVersion,
    isIDE: settings.boot.dev,
    env: {
      USER_DATA_PATH: "https://usr", clientName: "souk", clientEnv: "prod", clientVersion: String(settings.boot.system.version ?? "10.5.0"),
      language: settings.boot.language, platform: String(settings.boot.system.platform ?? "Android"),
    },
  };
  Object.assign(my, route, ui, storage, network, system, device, media, events, ...parts.map(part => part.family));
  connectEvents();
  for (const part of parts) part.connect?.(my);
  connectSystem();
  my.call = callByName(my);
  my.reportAnalytics = my.reportCustomError = (...args: unknown[]) => { callShell("reportAnalytics", { args }, () => {}); };
  my.reportError = report;
  return my;
}
