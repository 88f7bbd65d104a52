// Group "sjs": handlers and observers written in SJS.
import { rare } from "../../worker/rare";
import { changed, handle } from "../../worker/rare/sjs";
import type { Part } from "../parts";

declare const souk: { group(part: Part): void };

souk.group({ family: {}, connect: () => { rare.sjs = { changed, handle }; } });
