// Group "cloud": my.cloud.
import type { Part } from "../groups";
import { cloud } from "../cloud";

declare const souk: { group(part: Part): void };

souk.group({ family: cloud });
