// The second half of the group "video": full screen, floating, qualities.
import { deliver } from "../deliver";
import { handOver } from "../further";
import { begin, call, float, goWide, watch, went, type VideoMore } from "../video-more";
import css from "./video-more.css";

deliver({ css });
handOver({ begin, call, float, goWide, watch, went } satisfies VideoMore);
