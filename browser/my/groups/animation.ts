// Group "animation": createAnimation.
import type { Part } from "../groups";
import { animation } from "../animation";

declare const souk: { group(part: Part): void };

souk.group({ family: animation });
