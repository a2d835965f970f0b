import { type Atom, join, mostAtoms, type Stretch, type Structure } from "./structure";

/** Reads a file of the Protein Data Bank in its old format: https://www.wwpdb.org/documentation/file-format. The first model, first places. */
export function readPdb(text: string): Structure {
  const atoms: Atom[] = [];
  const stretches: Stretch[] = [];
  let title = "";
  let hasMore = false;
  for (const line of linesOf(text)) {
    const record = line.slice(0, 6);
    if (record === "ENDMDL") break;
    if (record === "TITLE ") title += line.slice(10);
    else if (record === "HELIX ") stretches.push(stretchOf("h", line[19], line.slice(21, 25), line.slice(33, 37)));
    else if (record === "SHEET ") stretches.push(stretchOf("s", line[21], line.slice(22, 26), line.slice(33, 37)));
    else if (record === "ATOM  " || record === "HETATM") {
      const atom = atomOf(line);
      // Of places that an atom has by turns, the first.
      if (!atom || !" A1".includes(line[16] ?? " ")) continue;
      hasMore = atoms.length >= mostAtoms;
      if (hasMore) break;
      atoms.push(atom);
    }
  }
  return join(title, atoms, stretches.filter(isWhole), hasMore);
}

function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf("\n", at);
    const stop = end < 0 ? text.length : end;
    // No line of this format is longer.
    yield text.slice(at, Math.min(stop, at + 200));
    at = stop + 1;
  }
}

function stretchOf(kind: "h" | "s", chain: string | undefined, begin: string, end: string): Stretch {
  return { kind, chain: (chain ?? "").trim(), begin: Number.parseInt(begin, 10), end: Number.parseInt(end, 10) };
}

export function isWhole({ begin, end }: Stretch): boolean {
  return Number.isSafeInteger(begin) && Number.isSafeInteger(end);
}

function atomOf(line: string): Atom | undefined {
  const name = line.slice(12, 16);
  const [x, y, z] = [line.slice(30, 38), line.slice(38, 46), line.slice(46, 54)].map(Number.parseFloat);
  const resi = Number.parseInt(line.slice(22, 26), 10);
  if (![x, y, z].every(Number.isFinite) || Number.isNaN(resi)) return undefined;
  // Where the element is not said, the name begins with it, in the second column if it has one letter.
  const elem = (line.slice(76, 78).trim() || name.slice(0, 2).replace(/[\d\s]/g, "")).toUpperCase();
  return {
    serial: Number.parseInt(line.slice(6, 11), 10) || 0,
    atom: name.trim(),
    elem,
    resn: line.slice(17, 20).trim(),
    chain: (line[21] ?? "").trim(),
    resi,
    icode: (line[26] ?? "").trim(),
    hetflag: line.startsWith("HETATM"),
    x: x as number,
    y: y as number,
    z: z as number,
    b: Number.parseFloat(line.slice(60, 66)) || 0,
    ss: "c",
    bonds: [],
    bondOrder: [],
  };
}
