// Group "inspect": what developer mode asks of a running program.
import { rare } from "../../worker/rare";
import { developer } from "../../worker/rare/inspect";
import type { Part } from "../parts";

declare const souk: { group(part: Part): void };

souk.group({ family: {}, connect: () => { rare.inspect = { developer }; } });
