// Group "sockets": sockets.
import type { Part } from "../groups";
import { sockets } from "../sockets";

declare const souk: { group(part: Part): void };

souk.group({ family: sockets });
