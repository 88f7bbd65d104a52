// The functions of `my` that most programs never call: each group is a script of its own (groups/<name>.ts), which the shell hands
// to the worker with the program when its source names one of them, before its first line runs. The table is also what canIUse
// answers from, whether a group is there or not.
import type { Family } from "./call";

/** What a group brings: functions, what connects them to their sources, and the nodes that a query finds. */
export interface Part {
  family: Family;
  connect?: () => void;
  node?: (page: number, id: string, width: number, height: number) => unknown;
}

/** The groups that are there. */
export const parts: Part[] = [];

const table = {
  files: "getFileSystemManager",
  canvas: "createCanvasContext createOffscreenCanvas canvasToTempFilePath",
  players: "createVideoContext createMapContext createWebViewContext createInnerAudioContext getBackgroundAudioManager",
  sockets: `connectSocket sendSocketMessage closeSocket onSocketOpen offSocketOpen onSocketMessage offSocketMessage onSocketError offSocketError
    onSocketClose offSocketClose`,
  sensors: `startAccelerometer stopAccelerometer onAccelerometerChange offAccelerometerChange startGyroscope stopGyroscope onGyroscopeChange
    offGyroscopeChange startCompass stopCompass onCompassChange offCompassChange onDeviceMotionChange offDeviceMotionChange watchShake
    getRecorderManager`,
  animation: "createAnimation",
  rsa: "rsa",
};

/** Name of a function → its group. */
export const groupOf: ReadonlyMap<string, string> = new Map(Object.entries(table).flatMap(([group, names]) => names.split(/\s+/).map(name => [name, group] as const)));

/** The groups that a program needs: names are the functions it calls, null when they are not known; canvas: it has that element. */
export function groupsFor(names: readonly string[] | null, canvas: boolean): string[] {
  const all = Object.keys(table);
  return names ? all.filter(group => group === "canvas" && canvas || names.some(name => groupOf.get(name) === group)) : all;
}
