// Parts of the worker that few programs need. Each comes as a group (my/groups.ts) with the programs that do, and puts itself here
// before the program's first line; where it is not, nothing in the program asks for it.
import type * as inspect from "./rare/inspect";
import type * as relation from "./rare/relation";
import type * as sjs from "./rare/sjs";

export const rare: {
  sjs?: Pick<typeof sjs, "handle" | "changed">;
  relation?: Pick<typeof relation, "link" | "linkMoved" | "unlink">;
  inspect?: Pick<typeof inspect, "developer">;
} = {};
