// Group "calls": what the worker asks of the frame: queries, observers, scrolling, canvas, audio and video.
import { call } from "../../frame/calls";
import { deliver } from "../deliver";

deliver({ call });
