// Group "players": video, map and web-view contexts, sound.
import type { Part } from "../groups";
import { players } from "../players";

declare const souk: { group(part: Part): void };

souk.group({ family: players });
