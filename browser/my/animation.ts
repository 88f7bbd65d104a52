// my.createAnimation: collects changes in groups; export() hands them to the frame through an `animation` attribute.
import type { Family } from "./call";

const names = `opacity backgroundColor width height top left bottom right rotate rotateX rotateY rotateZ rotate3d skew skewX skewY
  scale scaleX scaleY scaleZ scale3d translate translateX translateY translateZ translate3d matrix matrix3d`.split(/\s+/);

interface Config { duration: number; timeFunction: string; delay: number; transformOrigin: string }

function createAnimation(options?: any): any {
  const read = (o: any, otherwise?: Config): Config => ({
    duration: Number(o?.duration ?? otherwise?.duration ?? 400), timeFunction: String(o?.timeFunction ?? o?.timingFunction ?? otherwise?.timeFunction ?? "linear"),
    delay: Number(o?.delay ?? otherwise?.delay ?? 0), transformOrigin: String(o?.transformOrigin ?? otherwise?.transformOrigin ?? "50% 50% 0"),
  });
  const first = read(options);
  let groups: { config: Config; animation: [string, unknown[]][] }[] = [], now: [string, unknown[]][] = [];
  const animation: Record<string, unknown> = {
    step(o?: any) {
      groups.push({ config: read(o, first), animation: now });
      now = [];
      return animation;
    },
    export() {
      const out = groups;
      groups = [];
      return out;
    },
  };
  for (const name of names) animation[name] = (...args: unknown[]) => {
    now.push([name, args]);
    return animation;
  };
  return animation;
}

export const animation: Family = { createAnimation };
