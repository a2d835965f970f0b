import { molecules as t } from "../messages/en";
import { formatCount } from "../text/format";

/** A place in a structure, as the renderer takes it. */
export interface Atom {
  serial: number;
  atom: string;
  elem: string;
  resn: string;
  chain: string;
  resi: number;
  icode: string;
  hetflag: boolean;
  x: number;
  y: number;
  z: number;
  /** How much it moves: the B factor, or in predictions how sure they are. */
  b: number;
  /** Helix, strand, or neither. */
  ss: "h" | "s" | "c";
  ssbegin?: boolean;
  ssend?: boolean;
  /** The atoms that it is bound to, by their places in the list. */
  bonds: number[];
  bondOrder: number[];
}

/** A stretch of a chain that is a helix or a strand. */
export interface Stretch {
  kind: "h" | "s";
  chain: string;
  begin: number;
  end: number;
}

/** What a file says. */
export interface Structure {
  title: string;
  atoms: Atom[];
  residues: number;
  chains: number;
  /** What is not shown. */
  note: string | undefined;
}

export type Format = "pdb" | "mmcif";

/** So many atoms are shown. */
export const mostAtoms = 150_000;

/** Chooses the atoms that are shown, and counts the others. */
export class AtomChoice {
  readonly atoms: Atom[] = [];
  /** There are more atoms than are shown. */
  isFull = false;
  /** There is more than one model. */
  hasMoreModels = false;
  /** How many atoms have no place that can be read. */
  unreadable = 0;
  #others = 0;
  /** Which of its places an atom is shown at, by its residue and name; and which kind of residue it is. */
  readonly #places = new Map<string, string>();

  /**
   * Takes an atom, unless it is another place of one that was taken: the first place of each atom counts. Where residues of two kinds are in
   * one place by turns, the first kind counts.
   * @returns False if no more atoms are shown.
   */
  add(atom: Atom, place: string): boolean {
    if (place.trim() !== "" && !this.#isFirst(atom, place)) {
      this.#others++;
      return true;
    }
    this.isFull = this.atoms.length >= mostAtoms;
    if (!this.isFull) this.atoms.push(atom);
    return !this.isFull;
  }

  #isFirst({ chain, resi, icode, resn, atom }: Atom, place: string): boolean {
    const residue = `${chain} ${resi}${icode}`;
    return this.#first(residue, resn) === resn && this.#first(`${residue} ${atom}`, place) === place;
  }

  #first(key: string, value: string): string {
    const known = this.#places.get(key);
    if (known === undefined) this.#places.set(key, value);
    return known ?? value;
  }

  get note(): string | undefined {
    const notes = [
      this.isFull && t.onlyTheFirstAtomsAreShown(formatCount(mostAtoms)),
      this.hasMoreModels && t.onlyTheFirstModelIsShown,
      this.#others > 0 && t.otherPlacesOfAtomsAreNot(formatCount(this.#others)),
      this.unreadable > 0 && t.atomsWithoutAPlaceThatCan(formatCount(this.unreadable)),
    ];
    return notes.filter(Boolean).join(" ") || undefined;
  }
}

/** Joins what a reader found: which stretches atoms are in, what they are bound to, how many residues there are. */
export function join(title: string, choice: AtomChoice, stretches: Stretch[]): Structure {
  const { atoms } = choice;
  if (atoms.length === 0) throw new Error(t.thereAreNoAtomsInThis);
  const byChain = new Map<string, Stretch[]>();
  for (const stretch of stretches) {
    const known = byChain.get(stretch.chain);
    if (known) known.push(stretch);
    else byChain.set(stretch.chain, [stretch]);
  }
  for (const atom of atoms) {
    const within = byChain.get(atom.chain)?.find(({ begin, end }) => atom.resi >= begin && atom.resi <= end);
    if (!within || atom.hetflag) continue;
    atom.ss = within.kind;
    if (atom.resi === within.begin) atom.ssbegin = true;
    if (atom.resi === within.end) atom.ssend = true;
  }
  bind(atoms);
  const polymers = atoms.filter(({ hetflag }) => !hetflag);
  return {
    title: title.trim().replace(/\s+/g, " "),
    atoms,
    residues: new Set(polymers.map(({ chain, resi, icode }) => `${chain} ${resi}${icode}`)).size,
    chains: new Set(atoms.map(({ chain }) => chain)).size,
    note: choice.note,
  };
}

/** Radii of bound atoms, Å: Cordero and others, https://doi.org/10.1039/b801115j; others are as large as carbon. */
const radii: Record<string, number> = {
  H: 0.31, C: 0.76, N: 0.71, O: 0.66, F: 0.57, P: 1.07, S: 1.05, CL: 1.02, SE: 1.2, BR: 1.2, I: 1.39,
  NA: 1.66, MG: 1.41, K: 2.03, CA: 1.76, MN: 1.39, FE: 1.32, CO: 1.26, NI: 1.24, CU: 1.32, ZN: 1.22,
}; // biome-ignore format: a table
const tolerance = 0.3;
/** Bonds are looked for this far, Å, in cells of that size. */
const reach = 2.6;
/** An atom has no more; where a file has them all in one place, the search ends here. */
const mostBonds = 8;
const mostInCell = 64;

/** Two cells may have the same key: then more atoms are compared. */
function keyOf(x: number, y: number, z: number): number {
  return Math.imul(x, 73_856_093) ^ Math.imul(y, 19_349_663) ^ Math.imul(z, 83_492_791);
}

/** Finds what is bound by how far atoms are apart. */
export function bind(atoms: Atom[]): void {
  const cells = new Map<number, number[]>();
  const cellOf = ({ x, y, z }: Atom) => [x, y, z].map((each) => Math.floor(each / reach)) as [number, number, number];
  atoms.forEach((atom, place) => {
    const key = keyOf(...cellOf(atom));
    const cell = cells.get(key);
    if (!cell) cells.set(key, [place]);
    else if (cell.length < mostInCell) cell.push(place);
  });
  const isBound = (one: Atom, other: Atom) => {
    const most = (radii[one.elem] ?? 0.76) + (radii[other.elem] ?? 0.76) + tolerance;
    const square = (one.x - other.x) ** 2 + (one.y - other.y) ** 2 + (one.z - other.z) ** 2;
    return square > 0.16 && square < most ** 2;
  };
  atoms.forEach((one, place) => {
    const [x, y, z] = cellOf(one);
    for (let cell = 0; cell < 27; cell++) {
      const key = keyOf(x + (cell % 3) - 1, y + (Math.floor(cell / 3) % 3) - 1, z + Math.floor(cell / 9) - 1);
      for (const next of cells.get(key) ?? []) {
        const other = atoms[next] as Atom;
        if (next <= place || one.bonds.length >= mostBonds || other.bonds.length >= mostBonds) continue;
        if (!isBound(one, other) || one.bonds.includes(next)) continue;
        one.bonds.push(next);
        other.bonds.push(place);
        one.bondOrder.push(1);
        other.bondOrder.push(1);
      }
    }
  });
}
