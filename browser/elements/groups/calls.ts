// Group "calls", which comes after the first paint: what the worker asks of the frame (queries, observers, scrolling, canvas, audio and
// video), pulling a page down, playing animations, and letting rows
// of long lists wait.
import { call } from "../../frame/calls";
import { allNear, setFar, setNear } from "../../frame/far";
import { listenPull } from "../../frame/pull";
import { animate } from "../animation";
import { deliver } from "../deliver";

deliver({ call, pull: listenPull, animate, setFar, setNear, allNear });
