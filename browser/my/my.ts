// The object `my`: every family together, aliases, and honest answers for what does not exist here.
import { report } from "../worker/report";
import { settings } from "../worker/settings";
import { callShell } from "../worker/shell";
import { failure, type Family, notSupported, perform, plainOpts } from "./call";
import { connectDevice, device } from "./device";
import { connectEvents, events, silentNames } from "./events";
import { groupOf, parts } from "./groups";
import { media } from "./media";
import { missing, missingObjects } from "./missing";
import { network } from "./network";
import { query } from "./query";
import { route } from "./route";
import { storage } from "./storage";
import { connectSystem, system } from "./system";
import { ui } from "./ui";

export const sdkVersion = "2.9.50";

function unsupported(name: string) {
  return (opts?: any) => perform(opts, done => {
    queueMicrotask(() => done(false, failure(notSupported, `my.${name} is not supported by Souk`)));
  });
}

/** An object whose every method fails in the same honest way. */
function absent(name: string) {
  return () => new Proxy({}, {
    get: (_target, member) => typeof member === "string" && member !== "then" ? unsupported(`${name}().${member}`) : undefined,
  });
}

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

/** What of the framework programs ask for by a name that is neither a function nor a component. */
function frameworkUsable(path: string): boolean | undefined {
  return path === "component2" ? settings.component2 : path === "sjs.event" ? true : undefined;
}

/** "getLocation.object.type" asks for the API; "button.open-type.share" for a component, its attribute and its value. */
function canIUse(my: Family, absentNames: Set<string>) {
  return (path: unknown): boolean => {
    const parts = String(path ?? "").split("."), { compat } = settings.boot;
    const name = parts[0] === "ap" && parts[1] ? `ap.${parts[1]}` : parts[0];
    const ofFramework = frameworkUsable(parts.join("."));
    if (ofFramework !== undefined) return ofFramework;
    if (compat && Object.hasOwn(compat, name)) return elementUsable(compat, parts);
    if (absentNames.has(name) || settings.boot.lacks?.includes(name)) return false;
    if (groupOf.has(name)) return true;
    return (name.startsWith("ap.") ? (my.ap as Family)[parts[1]] : Object.hasOwn(my, name) ? my[name] : undefined) !== undefined;
  };
}

function elementUsable(compat: Record<string, boolean>, [tag, member, value]: string[]): boolean {
  if (!compat[tag] || member === undefined) return compat[tag];
  const name = /^on[A-Z]/.test(member) ? member : member.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`);
  const usable = compat[`${tag}.${name}`] ?? compat[`*.${name}`] ?? false;
  return value === undefined ? usable : compat[`${tag}.${name}.${value}`] ?? usable;
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
  const absentNames = new Set<string>();
  for (const name of missing) {
    absentNames.add(name);
    my[name] = unsupported(name);
  }
  for (const name of missingObjects) {
    absentNames.add(name);
    my[name] = absent(name);
  }
  for (const family of [route, ui, storage, network, system, device, media, query, events, ...parts.map(part => part.family)]) {
    for (const name of Object.keys(family)) {
      absentNames.delete(name);
      my[name] = family[name];
    }
  }
  for (const name of silentNames) absentNames.add(name);
  connectEvents();
  for (const part of parts) part.connect?.();
  connectDevice();
  connectSystem();
  my.ap = apFamily(absentNames);
  my.call = callByName(my);
  my.canIUse = canIUse(my, absentNames);
  my.reportAnalytics = my.reportCustomError = (...args: unknown[]) => { callShell("reportAnalytics", { args }, () => {}); };
  my.reportError = report;
  return my;
}

const apNames = `navigateToAlipayPage openAlipayApp openURL navigateToFinance getMainSelectedCity nsf imgRisk imgRiskCallback
  updateAlipayClient prepareUseCertificate preventCheat faceVerify openVoucherList openVoucherDetail openTicketList openTicketDetail
  openMerchantVoucherList openMerchantTicketList openKBVoucherDetail`.split(/\s+/);

function apFamily(absentNames: Set<string>): Family {
  const ap: Family = {};
  for (const name of apNames) {
    absentNames.add(`ap.${name}`);
    ap[name] = unsupported(`ap.${name}`);
  }
  return ap;
}
