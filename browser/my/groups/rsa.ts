// Group "rsa": my.rsa.
import type { Part } from "../groups";
import { rsa } from "../rsa";

declare const souk: { group(part: Part): void };

souk.group({ family: rsa });
