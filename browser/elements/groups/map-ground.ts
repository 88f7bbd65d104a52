// Part of the group "map": pictures on the ground, panels and other layouts of a program's own.
import { handOver } from "../further";
import { paintGround, type MapGround } from "../map-ground";
import { layoutsOf, panelsOf } from "../map-panels";

handOver({
  paint(el, ctx) {
    paintGround(el, ctx);
    layoutsOf(el, ctx);
    panelsOf(el, ctx);
  },
} satisfies MapGround);
