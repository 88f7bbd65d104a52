// Part of the group "map": fingers, mouse and keys.
import { handOver } from "../further";
import { follow, type MapTouch } from "../map-touch";

handOver({ follow } satisfies MapTouch);
