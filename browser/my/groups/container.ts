// Group "container": a shown page-container is closed before its page is left.
import { connectContainer } from "../container";
import type { Part } from "../parts";

declare const souk: { group(part: Part): void };

souk.group({ family: {}, connect: connectContainer });
