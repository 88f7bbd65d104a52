// Group "camera": createCameraContext.
import type { Part } from "../groups";
import { camera } from "../camera";

declare const souk: { group(part: Part): void };

souk.group({ family: camera });
