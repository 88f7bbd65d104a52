// Group "query": selector queries and observers.
import type { Part } from "../parts";
import { connectQuery, query } from "../query";

declare const souk: { group(part: Part): void };

souk.group({ family: query, connect: connectQuery });
