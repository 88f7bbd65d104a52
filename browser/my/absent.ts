// What is not here: functions that fail in words, and canIUse, which answers for everything. A group of its own (groups.ts): most
// programs name nothing of it.
import { settings } from "../worker/settings";
import { failure, type Family, notSupported, perform } from "./call";
import { silentNames } from "./silent";
import { groupOf } from "./groups";
import { missing, missingObjects } from "./missing";

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

/** What of the framework programs ask for by a name that is neither a function nor a component. */
function frameworkUsable(path: string): boolean | undefined {
  return path === "component2" ? settings.component2 : path === "sjs.event" ? true : undefined;
}

/** "getLocation.object.type" asks for the API; "button.open-type.share" for a component, its attribute and its value. */
function canIUse(my: Family, absentNames: Set<string>) {
  return (path: unknown): boolean => {
    const members = String(path ?? "").split("."), { compat } = settings.boot;
    const name = members[0] === "ap" && members[1] ? `ap.${members[1]}` : members[0];
    const ofFramework = frameworkUsable(members.join("."));
    if (ofFramework !== undefined) return ofFramework;
    if (compat && Object.hasOwn(compat, name)) return elementUsable(compat, members);
    if (absentNames.has(name) || settings.boot.lacks?.includes(name)) return false;
    if (groupOf(name)) return true;
    return (name.startsWith("ap.") ? (my.ap as Family)[members[1]] : Object.hasOwn(my, name) ? my[name] : undefined) !== undefined;
  };
}

function elementUsable(compat: Record<string, boolean>, [tag, member, value]: string[]): boolean {
  if (!compat[tag] || member === undefined) return compat[tag];
  const name = /^on[A-Z]/.test(member) ? member : member.replace(/[A-Z]/g, c => `-${c.toLowerCase()}`);
  const usable = compat[`${tag}.${name}`] ?? compat[`*.${name}`] ?? false;
  return value === undefined ? usable : compat[`${tag}.${name}.${value}`] ?? usable;
}

/** Of my.ap; what works of it is in the group "pages". */
const apNames = `navigateToFinance getMainSelectedCity nsf imgRisk imgRiskCallback updateAlipayClient prepareUseCertificate preventCheat
  faceVerify`.split(/\s+/);

function apFamily(there: Family, absentNames: Set<string>): Family {
  for (const name of apNames) {
    absentNames.add(`ap.${name}`);
    there[name] = unsupported(`ap.${name}`);
  }
  return there;
}

/** Puts in what no family defines. */
export function connectAbsent(my: Family): void {
  const absentNames = new Set(silentNames);
  const stand = (name: string, method: unknown): void => {
    if (Object.hasOwn(my, name)) return;
    absentNames.add(name);
    my[name] = method as Family[string];
  };
  for (const name of missing) stand(name, unsupported(name));
  for (const name of missingObjects) stand(name, absent(name));
  my.ap = apFamily(my.ap as Family ?? {}, absentNames);
  my.canIUse = canIUse(my, absentNames);
}
