// Group "sensors": motion, direction and the recorder.
import type { Part } from "../groups";
import { recorder } from "../recorder";
import { connectSensors, sensors } from "../sensors";

declare const souk: { group(part: Part): void };

souk.group({ family: { ...sensors, ...recorder }, connect: connectSensors });
