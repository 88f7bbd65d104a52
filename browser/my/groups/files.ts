// Group "files": files, archives and encodings.
import type { Part } from "../groups";
import { files, connectFiles } from "../files";

declare const souk: { group(part: Part): void };

souk.group({ family: files, connect: connectFiles });
