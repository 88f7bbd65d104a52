// Motion and direction: start…, stop… and the listeners, which start by themselves, as they do on the phone.
import { callShell, listen } from "../worker/shell";
import { type Family, forwarded, type Listeners, listeners, type Method } from "./call";

/** The name in on…Change → the shell's event and its functions' ending. */
const kinds: Record<string, string> = { Accelerometer: "accelerometer", Gyroscope: "gyroscope", Compass: "compass", DeviceMotion: "deviceMotion" };

const heard: Record<string, Listeners> = Object.fromEntries(Object.keys(kinds).map(name => [name, listeners()]));

/** Called once, when `my` is made. */
export function connectSensors(): void {
  for (const [name, event] of Object.entries(kinds)) listen(event, data => heard[name].tell(data));
}

function pair(name: string): [string, Method][] {
  const call = (verb: string): void => { callShell(verb + name, {}, () => {}); };
  return [
    [`on${name}Change`, listener => {
      if (!heard[name].size && typeof listener === "function") call("start");
      heard[name].on(listener);
    }],
    [`off${name}Change`, listener => {
      heard[name].off(listener);
      if (!heard[name].size) call("stop");
    }],
  ];
}

export const sensors: Family = {
  ...forwarded("startAccelerometer stopAccelerometer startGyroscope stopGyroscope startCompass stopCompass watchShake"),
  ...Object.fromEntries(Object.keys(kinds).flatMap(pair)),
};
