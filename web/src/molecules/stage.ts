import { createViewer, type GLShape, type GLViewer, VolumeData } from "3dmol/build/3Dmol.es6-min.js";
import { molecules as t } from "../messages/en";
import type { DensityMap } from "./map";
import type { Atom, Structure } from "./structure";

export type Shape = "cartoon" | "sticks" | "spheres";
export type Colours = "chain" | "structure" | "element" | "b";

const schemes: Record<Colours, object> = {
  chain: { colorscheme: "chain" },
  structure: { colorscheme: "ssJmol" },
  element: { colorscheme: "default" },
  b: {},
};

/** A structure, drawn in an element until it is closed. */
export class Stage {
  readonly #viewer: GLViewer;
  readonly #element: HTMLElement;
  #surface: GLShape | undefined;
  readonly #range: { min: number; max: number };

  /** @param onAtom Told which atom was clicked. */
  constructor(element: HTMLElement, { atoms }: Structure, onAtom: (atom: Atom) => void) {
    this.#element = element;
    const viewer = createViewer(element, { antialias: true, disableFog: false });
    if (!viewer) throw new Error(t.thisBrowserDoesNotDrawIn);
    this.#viewer = viewer;
    const b = atoms.map((atom) => atom.b);
    this.#range = { min: b.reduce((a, c) => Math.min(a, c)), max: b.reduce((a, c) => Math.max(a, c)) };
    viewer.addModel().addAtoms(atoms);
    viewer.setClickable({}, true, onAtom);
    this.#fit();
  }

  draw(shape: Shape, colours: Colours, background: string): void {
    const scheme = colours === "b" ? { colorscheme: { prop: "b", gradient: "rwb", ...this.#range } } : schemes[colours];
    const byElement = colours === "element" || colours === "structure" ? { colorscheme: "default" } : scheme;
    this.#viewer.setBackgroundColor(background, 1);
    this.#viewer.setStyle({}, {});
    if (shape === "spheres") this.#viewer.setStyle({}, { sphere: byElement });
    else if (shape === "sticks") this.#viewer.setStyle({}, { stick: { radius: 0.18, ...byElement } });
    else {
      this.#viewer.setStyle({ hetflag: false }, { cartoon: { ...scheme, arrows: true } });
      this.#viewer.setStyle({ hetflag: true }, { stick: { radius: 0.2, colorscheme: "default" } });
      this.#viewer.setStyle({ hetflag: true, bonds: 0 }, { sphere: { scale: 0.25, colorscheme: "default" } });
    }
    this.#viewer.render();
  }

  /** Draws the surface of a map at so many deviations above its mean; undefined for none. */
  setMap(map: DensityMap | undefined, level: number): void {
    if (this.#surface) this.#viewer.removeShape(this.#surface);
    this.#surface = undefined;
    if (map) {
      const isoval = map.mean + level * map.sigma;
      this.#surface = this.#viewer.addIsosurface(toVolumeData(map), { isoval, color: "#4dabf7", opacity: 0.55 });
    }
    this.#viewer.render();
  }

  turn(degrees: number, axis: "x" | "y" | "z"): void {
    this.#viewer.rotate(degrees, axis);
    this.#viewer.render();
  }

  zoom(factor: number): void {
    this.#viewer.zoom(factor);
    this.#viewer.render();
  }

  reset(): void {
    this.#viewer.setView([0, 0, 0, 0, 0, 0, 0, 1]);
    this.#fit();
    this.#viewer.render();
  }

  /** The library fits the structure into the height alone. */
  #fit(): void {
    const { clientWidth, clientHeight } = this.#element;
    this.#viewer.zoomTo();
    if (clientWidth < clientHeight) this.#viewer.zoom(clientWidth / clientHeight);
  }

  close(): void {
    this.#viewer.removeAllModels();
    for (const canvas of this.#element.querySelectorAll("canvas")) {
      const gl = canvas.getContext("webgl2") ?? canvas.getContext("webgl");
      gl?.getExtension("WEBGL_lose_context")?.loseContext();
      canvas.remove();
    }
  }
}

/** A map as the renderer has it; its own readers see no bytes of the file. */
function toVolumeData({ data, size, unit, origin }: DensityMap): VolumeData {
  const place = ([x, y, z]: DensityMap["size"]) => ({ x, y, z });
  return Object.assign(new VolumeData("", "none"), {
    data,
    size: place(size),
    unit: place(unit),
    origin: place(origin),
  });
}
