// Part of the group "map": MapContext.
import { handOver } from "../further";
import { begin, call, changed, type MapMore } from "../map-more";

handOver({ begin, call, changed } satisfies MapMore);
