// Group "canvas": canvas contexts and nodes.
import type { Part } from "../groups";
import { canvas, canvasNode } from "../canvas";

declare const souk: { group(part: Part): void };

souk.group({ family: canvas, node: canvasNode });
