// Video, map and web-view contexts, and sound: what plays in the frame. A group of its own (groups.ts).
import type { Json } from "../wire/wire";
import { callFrame, forgetFrameCall } from "../worker/flush";
import { topPage } from "../worker/router";
import { failure, type Family, type Listeners, listeners, type Method, perform, plainOpts } from "./call";

/** Methods of an element in the frame, called by the element's id. */
function context(kind: "video" | "map" | "webview", id: unknown, methods: string, withArgs: boolean): any {
  const page = topPage()?.id ?? 0;
  return Object.fromEntries(methods.trim().split(/\s+/).map(name => [name, (...args: any[]) => {
    const opts = typeof args[0] === "object" ? args[0] : undefined;
    const given = withArgs ? [plainOpts(opts) as Json] : args.filter(a => typeof a !== "function") as Json[];
    return perform(opts, done => {
      callFrame(kind, [page, String(id ?? ""), name, ...given], (result, error) => done(!error, error ? failure(3, error) : result ?? {}));
    });
  }]));
}

const videoMethods = `play pause stop seek playbackRate mute requestFullScreen exitFullScreen showFloatingWindow exitPictureInPicture getCurrentTime
  showControl hideControl updateQualityList switchQuality showStatusBar hideStatusBar`;
const mapMethods = `getCenterLocation moveToLocation gestureEnable getRegion getScale includePoints updateComponents setProps changeMarkers addMarkers removeMarkers
  translateMarker smoothMoveMarker smoothMovePolyline smoothDrawPolyline stopSmoothDrawPolyline showRoute clearRoute showsCompass showsScale getRotate getSkew getMapProperties
  setMapType calculateDistance polygonContainsPoint getScreenPoint mapToScreen screenToMap setCenterOffset addGroundOverlay updateGroundOverlay removeGroundOverlay initMarkerCluster`;

// ---- sound ------------------------------------------------------------------------------------------------------------------

const soundEvents = ["Play", "Pause", "Stop", "Ended", "TimeUpdate", "Error", "Waiting", "Seeking", "Seeked", "Canplay", "CanPlay", "Prev", "Next"];
const soundProperties: Record<string, unknown> = {
  src: "", autoplay: false, loop: false, volume: 1, startTime: 0, playbackRate: 1, obeyMuteSwitch: true, isRecordAudioPlayState: false, title: "", epname: "", singer: "", coverImgUrl: "",
};
const sent = new Set(["src", "autoplay", "loop", "volume", "startTime", "playbackRate"]);
let nextSound = 1;

function createSound(background: boolean): any {
  const n = nextSound++, hear: Record<string, Listeners> = {}, state: Record<string, unknown> = { ...soundProperties, currentTime: 0, duration: 0, paused: true, buffered: 0 };
  const sound: Record<string, any> = {};
  const tell = (what: string, value: Json = null): void => {
    callFrame("audio", [n, what, value], (_result, error) => { if (error) hear.error?.tell({ errCode: 3, error: 3, errorMessage: error }); });
  };
  for (const name of soundEvents) {
    hear[name.toLowerCase()] ??= listeners();
    sound[`on${name}`] = hear[name.toLowerCase()].on;
    sound[`off${name}`] = hear[name.toLowerCase()].off;
  }
  const listening = callFrame("audio", [n, "listen", null], e => {
    if (!e) return;
    for (const k of ["currentTime", "duration", "paused", "buffered"]) if (e[k] !== undefined) state[k] = e[k];
    hear[String(e.event).toLowerCase()]?.tell(e);
  }, true);
  for (const name of Object.keys(state)) Object.defineProperty(sound, name, {
    enumerable: true,
    get: () => state[name],
    set: value => {
      state[name] = value;
      if (sent.has(name)) tell("set", { [name]: value });
      if (background && name === "src" && value) tell("play");
    },
  });
  const verbs: Record<string, Method> = {
    play: () => tell("play"), pause: () => tell("pause"), stop: () => tell("stop"), seek: (position: number) => tell("seek", Number(position)),
    destroy: () => {
      tell("destroy");
      forgetFrameCall(listening);
    },
  };
  return Object.assign(sound, verbs);
}

let backgroundSound: any = null;

export const players: Family = {
  createVideoContext: (id: unknown) => context("video", id, videoMethods, false),
  createMapContext: (id: unknown) => context("map", id, mapMethods, true),
  createWebViewContext: (id: unknown) => context("webview", id, "postMessage", false),
  createInnerAudioContext: () => createSound(false),
  getBackgroundAudioManager: () => backgroundSound ??= createSound(true),
};
