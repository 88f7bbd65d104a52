// What the groups of functions (groups.ts) have of the worker. A group is a script of its own; it must not have a second copy of
// what holds state, so bundle.go gives it these instead of the modules they stand in.
import { launchOptions } from "../worker/app";
import { kindOf } from "../worker/comp";
import { described, targetAt } from "../worker/event";
import { callFrame, forgetFrameCall } from "../worker/flush";
import { copyData, instanceOf, isInstance, setData } from "../worker/instance";
import { componentApi, pageApi } from "../worker/members";
import { rare } from "../worker/rare";
import { guarded, invoke, report } from "../worker/report";
import { currentPages, topPage } from "../worker/router";
import { composedParent, ownerOf, walk } from "../worker/select";
import { settings } from "../worker/settings";
import { callShell, forgetCall, listen, tellShell, unlisten } from "../worker/shell";
import { answering, badArgument, failure, forwarded, isFailure, listeners, notSupported, perform, plainOpts } from "./call";
import { pairs } from "./events";
import { parts } from "./parts";
import { storage } from "./storage";

export const core = {
  kindOf, described, targetAt, callFrame, forgetFrameCall, copyData, instanceOf, isInstance, setData, componentApi, pageApi, rare,
  guarded, invoke, report, currentPages, topPage, composedParent, ownerOf, walk, settings, callShell, forgetCall, listen, tellShell, unlisten,
  parts, pairs, launchOptions, storage,
  answering, badArgument, failure, forwarded, isFailure, listeners, notSupported, perform, plainOpts,
};
