// Group "absent": what is not here, and canIUse, which says so.
import type { Part } from "../parts";
import { connectAbsent } from "../absent";

declare const souk: { group(part: Part): void };

souk.group({ family: {}, connect: connectAbsent });
