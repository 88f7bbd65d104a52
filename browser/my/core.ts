// What the groups of functions (groups.ts) have of the worker. A group is a script of its own; it must not have a second copy of
// what holds state, so bundle.go gives it these instead of the modules they stand in.
import { callFrame, forgetFrameCall } from "../worker/flush";
import { guarded } from "../worker/report";
import { topPage } from "../worker/router";
import { settings } from "../worker/settings";
import { callShell, forgetCall, listen, tellShell } from "../worker/shell";
import { answering, badArgument, failure, forwarded, isFailure, listeners, notSupported, perform, plainOpts } from "./call";
import { fromBase64, toBase64 } from "./system";

export const core = {
  callFrame, forgetFrameCall, guarded, topPage, settings, callShell, forgetCall, listen, tellShell,
  answering, badArgument, failure, forwarded, isFailure, listeners, notSupported, perform, plainOpts, fromBase64, toBase64,
};
