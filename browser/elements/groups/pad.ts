// Part of the group "controls": the keypad.
import { deliver } from "../deliver";
import { handOver } from "../further";
import { close, open, type Pad } from "../pad";
import css from "./pad.css";

deliver({ css });
handOver({ open, close } satisfies Pad);
