// Group "seldom": what few programs call, of every family.
import type { Part } from "../groups";
import { connectSeldom, seldom } from "../seldom";

declare const souk: { group(part: Part): void };

souk.group({ family: seldom, connect: connectSeldom });
