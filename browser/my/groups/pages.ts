// Group "pages": the card pack and the super-app's other pages.
import type { Part } from "../groups";
import { connectPages, pages } from "../pages";

declare const souk: { group(part: Part): void };

souk.group({ family: pages, connect: connectPages });
