// icon: ten signs of our own drawing, on a grid of 24.
import { numberOr, textOf, type ElementDef, type Host } from "./element";

const DISC = "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22z";
const CHECK = "M10.2 17.2 5.4 12.4l1.5-1.5 3.3 3.3 7-7 1.5 1.5z";
const CROSS = "M7.8 9.2 9.2 7.8 12 10.6l2.8-2.8 1.4 1.4-2.8 2.8 2.8 2.8-1.4 1.4-2.8-2.8-2.8 2.8-1.4-1.4 2.8-2.800z";
const BANG = "M10.9 6h2.2v7.5h-2.2zM12 15.2a1.4 1.4 0 1 1 0 2.8 1.4 1.4 0 0 1 0-2.8z";
const RING = "M12 1a11 11 0 1 0 0 22 11 11 0 0 0 0-22zm0 2a9 9 0 1 1 0 18 9 9 0 0 1 0-18z";

const SIGNS: Record<string, [path: string, color: string]> = {
  success: [DISC + CHECK, "#1677ff"],
  success_no_circle: ["M9.5 19.5 1.7 11.7l1.8-1.8 6 6L20.5 5l1.8 1.8z", "#1677ff"],
  info: [DISC + "M10.9 10.5h2.2V18h-2.2zM12 6a1.4 1.4 0 1 1 0 2.8A1.4 1.4 0 0 1 12 6z", "#1677ff"],
  warn: [DISC + BANG, "#f4333c"],
  waiting: [DISC + "M11 6h2v5.6l3.9 2.3-1 1.7-4.9-2.9z", "#108ee9"],
  cancel: [RING + CROSS, "#f4333c"],
  clear: [DISC + CROSS, "#b2b2b2"],
  download: [RING + "M11 6h2v6.2l2.5-2.5 1.4 1.4-4.9 4.9-4.9-4.9 1.4-1.4 2.5 2.5zM7.5 16.5h9v1.8h-9z", "#1677ff"],
  search: ["M10.5 2a8.5 8.5 0 1 0 5.2 15.2l4.9 4.9 1.5-1.5-4.9-4.9A8.5 8.5 0 0 0 10.5 2zm0 2a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13z", "#b2b2b2"],
  loading: ["M12 1a11 11 0 1 0 11 11h-2.200A8.8 8.8 0 1 1 12 3.200z", "#1677ff"],
};

const SVG = "http://www.w3.org/2000/svg";

function draw(el: Host, type: string): void {
  const [path, color] = SIGNS[type] ?? ["", ""];
  el.querySelector("path")!.setAttribute("d", path);
  (el.firstElementChild as SVGElement).style.color = color;
}

export const icon: ElementDef = {
  inner(el) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("class", "souk-icon");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("fill-rule", "evenodd");
    svg.appendChild(path);
    el.appendChild(svg);
    return el;
  },
  set(el, name, value) {
    switch (name) {
      case "type":
        draw(el, textOf(value));
        if (!el.hasAttribute("aria-label")) el.setAttribute("role", "img");
        return false;
      case "size": {
        const size = `${numberOr(value, 23)}px`;
        const svg = el.firstElementChild as SVGElement;
        svg.style.width = svg.style.height = size;
        el.setAttribute("data-size", size);
        return;
      }
      case "color": el.querySelector("path")!.style.fill = textOf(value); return;
      default: return false;
    }
  },
};
