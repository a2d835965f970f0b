import { type Atom, AtomChoice, join, type Stretch, type Structure } from "./structure";

/**
 * Reads a file of the Protein Data Bank in its old format: https://www.wwpdb.org/documentation/file-format. The first model, and the first
 * place of each atom. Numbers too large for their columns are written in hybrid-36: https://cci.lbl.gov/hybrid_36/.
 */
export function readPdb(text: string): Structure {
  const choice = new AtomChoice();
  const stretches: Stretch[] = [];
  const residues = new ResidueNumbers();
  let title = "";
  let [isOver, isModel] = [false, false];
  for (const line of linesOf(text)) {
    const record = line.slice(0, 6).toUpperCase();
    // Trajectories of VMD have END after each frame, and no MODEL; others have MODEL and no ENDMDL.
    if (record === "ENDMDL" || record.trimEnd() === "END") isOver = choice.atoms.length > 0;
    else if (record.trimEnd() === "MODEL") [isOver, isModel] = [isOver || (isModel && choice.atoms.length > 0), true];
    else if (record === "TITLE ") title += line.slice(10);
    else if (record === "HELIX ")
      stretches.push(stretchOf("h", line.slice(18, 20), line.slice(21, 25), line.slice(33, 37)));
    else if (record === "SHEET ")
      stretches.push(stretchOf("s", line.slice(20, 22), line.slice(22, 26), line.slice(33, 37)));
    else if (/^ATOM [ \d]$/.test(record) || record === "HETATM") {
      choice.hasMoreModels = isOver;
      if (isOver) break;
      const atom = atomOf(line, residues);
      if (!atom) choice.unreadable++;
      else if (!choice.add(atom, line[16] ?? " ")) break;
    }
  }
  return join(title, choice, stretches.filter(isWhole));
}

function* linesOf(text: string): Generator<string> {
  const newline = text.includes("\n") ? "\n" : "\r";
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(newline, at);
    const stop = end < 0 ? text.length : end;
    // No line of this format is longer.
    yield text.slice(at, Math.min(stop, at + 200));
    at = stop + 1;
  }
}

function stretchOf(kind: "h" | "s", chain: string | undefined, begin: string, end: string): Stretch {
  return { kind, chain: (chain ?? "").trim(), begin: numberIn(begin), end: numberIn(end) };
}

export function isWhole({ begin, end }: Stretch): boolean {
  return Number.isSafeInteger(begin) && Number.isSafeInteger(end);
}

/** The number in a field: decimal, or in hybrid-36 above what fits, first with capitals. NaN for another text. */
export function numberIn(field: string): number {
  const text = field.trim();
  if (/^-?\d+$/.test(text)) return Number.parseInt(text, 10);
  const isWholeField = text.length === field.length && /^([A-Z][A-Z\d]*|[a-z][a-z\d]*)$/.test(text);
  if (!isWholeField) return Number.NaN;
  const capitals = 26 * 36 ** (text.length - 1);
  const first = Number.parseInt(text, 36) - 10 * 36 ** (text.length - 1) + 10 ** text.length;
  return text === text.toUpperCase() ? first : first + capitals;
}

/** Residues of a file whose numbers begin again at 0 after 9999, or are stars from there on: each has a number of its own. */
class ResidueNumbers {
  #chain = "";
  #last = 0;
  #lastText = "";
  #begun = 0;

  of(chain: string, field: string, kind: string): number {
    const read = numberIn(field);
    if (chain !== this.#chain) [this.#chain, this.#begun, this.#last, this.#lastText] = [chain, 0, 0, ""];
    let number = read + this.#begun;
    if (Number.isNaN(read)) {
      // Stars: another residue wherever its kind changes.
      number = this.#lastText === field + kind ? this.#last : this.#last + 1;
    } else if ((read === 0 || read === 1) && this.#last - this.#begun === 9999) {
      this.#begun = this.#last + 1 - read;
      number = this.#last + 1;
    }
    [this.#last, this.#lastText] = [number, field + kind];
    return number;
  }
}

function atomOf(line: string, residues: ResidueNumbers): Atom | undefined {
  const name = line.slice(12, 16);
  const [x, y, z] = [line.slice(30, 38), line.slice(38, 46), line.slice(46, 54)].map(Number.parseFloat);
  if (![x, y, z].every(Number.isFinite)) return undefined;
  const hetflag = /^HETATM/i.test(line);
  const [resn, chain] = residueAndChain(line.slice(17, 22));
  return {
    serial: numberIn(line.slice(6, 11)) || 0,
    atom: name.trim(),
    elem: elementOf(line.slice(76, 78), name, resn, hetflag),
    resn,
    chain,
    resi: residues.of(chain, line.slice(22, 26), resn),
    icode: (line[26] ?? "").trim(),
    hetflag,
    x: x as number,
    y: y as number,
    z: z as number,
    b: Number.parseFloat(line.slice(60, 66)) || 0,
    ss: "c",
    bonds: [],
    bondOrder: [],
  };
}

/**
 * The residue and the chain in columns 18 to 22. The column between them has the first letter of a chain of two letters, or the fourth letter
 * of a residue such as TIP3.
 */
function residueAndChain(columns: string): [resn: string, chain: string] {
  const [name, between, last] = [columns.slice(0, 3), columns[3] ?? " ", columns[4] ?? " "];
  const isLongName = longResidues.test(name + between);
  return isLongName ? [name + between, last.trim()] : [name.trim(), (between + last).trim()];
}

/** Water and lipids of CHARMM, AMBER and GROMACS. Other names have three letters, before a chain of two. */
const longResidues = /^(TIP[345]|SPCE|D[LMOPS]P[ACEGS]|POP[ACEGIS]|CHL1|CHOL)$/;

/** Elements of two letters in names of four characters, which leave no column free; others begin with an element of one letter. */
const longNames = /^(CL|BR|SE|SI|FE|ZN|MG|MN|NA|CU|CO|NI|AU|AG|PT|HG)\d/;

/**
 * The element of an atom: what the file says, or what its name begins with. That is in the second column if it has one letter. Names of four
 * characters begin in the first column anyway, as those of hydrogens do; so do those of programs that do not know the columns.
 */
function elementOf(said: string, name: string, resn: string, isHetero: boolean): string {
  const element = said.trim().toUpperCase();
  if (/^[A-Z]{1,2}$/.test(element)) return element;
  const letters = name.toUpperCase().replace(/[^A-Z]/g, "");
  const isAligned = /^[A-Z]{2}/.test(name.toUpperCase());
  if (!isAligned) return letters.slice(0, 1);
  const two = letters.slice(0, 2);
  if (name.trim() === resn || two === "SE") return two;
  const isLong = /^[A-Z]{2}\S\S$/i.test(name);
  if (!isHetero || letters.startsWith("H") || letters.startsWith("D")) return letters.slice(0, 1);
  return isLong && !longNames.test(name.toUpperCase()) ? letters.slice(0, 1) : two;
}
