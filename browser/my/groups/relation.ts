// Group "relation": components that know each other.
import { connectRelations } from "../../worker/rare/relation";
import type { Part } from "../parts";

declare const souk: { group(part: Part): void };

souk.group({ family: {}, connect: connectRelations });
