import { isWhole } from "./pdb";
import { type Atom, AtomChoice, join, mostAtoms, type Stretch, type Structure } from "./structure";

type Row = (name: string) => string;

/**
 * Reads a file of the Protein Data Bank, or of a prediction, in mmCIF: https://mmcif.wwpdb.org. The first model, first places. So are read
 * ligands of its dictionary, and crystals of small molecules, whose atoms have places in the cell: those of the asymmetric unit.
 */
export function readMmcif(text: string): Structure {
  const choice = new AtomChoice();
  const ligand: Atom[] = [];
  const fractional: Atom[] = [];
  let ligandName: string | undefined;
  const stretches: Stretch[] = [];
  let place: ReturnType<typeof placeInCell>;
  let title = "";
  let model: string | undefined;
  const hasAtoms = () => {
    for (const atom of place ? fractional.splice(0) : []) choice.add({ ...atom, ...place?.(atom) }, "");
    return choice.atoms.length > 0;
  };
  readTables(text, {
    _struct: (row) => {
      title = row("title");
      return true;
    },
    _struct_conf: (row) => {
      if (row("conf_type_id").startsWith("HELX")) stretches.push(stretchOf("h", row));
      return true;
    },
    _struct_sheet_range: (row) => {
      stretches.push(stretchOf("s", row));
      return true;
    },
    _atom_site: (row) => {
      if (row("fract_x") !== "" && row("Cartn_x") === "") {
        const atom = atomOf(row, "fract_x");
        if (!atom) choice.unreadable++;
        else fractional.push({ ...atom, hetflag: true });
        return fractional.length <= mostAtoms;
      }
      model ??= row("pdbx_PDB_model_num");
      if (row("pdbx_PDB_model_num") !== model) {
        choice.hasMoreModels = true;
        return true;
      }
      const atom = atomOf(row, "Cartn_x");
      if (!atom) choice.unreadable++;
      return !atom || choice.add(atom, row("label_alt_id"));
    },
    _chem_comp_atom: (row) => {
      ligandName ??= row("comp_id");
      const atom = atomOf(row, "model_Cartn_x") ?? atomOf(row, "pdbx_model_Cartn_x_ideal") ?? atomOf(row, "x"); // as refinement programs write them
      if (atom && row("comp_id") === ligandName)
        ligand.push({ ...atom, atom: row("atom_id"), resn: ligandName, hetflag: true });
      return ligand.length <= mostAtoms;
    },
    _cell: (row) => {
      place = placeInCell(row);
      return true;
    },
    isDone: hasAtoms,
  });
  hasAtoms();
  if (choice.atoms.length === 0) for (const atom of ligand) choice.add(atom, "");
  return join(title, choice, stretches.filter(isWhole));
}

/** The element of an atom. In files of small molecules its symbol may have a charge, and the label, in its place, a number. */
function elementOf(row: Row): string {
  const [symbol] = /^[A-Za-z]{1,2}/.exec(row("type_symbol")) ?? /^[A-Z][a-z]?/.exec(row("label")) ?? [""];
  return symbol.toUpperCase();
}

/** The conversion from places in the cell to Å: https://www.iucr.org/__data/iucr/cifdic_html/1/cif_core.dic/Catom_site.html. */
function placeInCell(row: Row): ((at: Atom) => Pick<Atom, "x" | "y" | "z">) | undefined {
  const [a, b, c] = ["length_a", "length_b", "length_c"].map((name) => Number.parseFloat(row(name))) as Triple;
  const angles = ["angle_alpha", "angle_beta", "angle_gamma"].map(
    (name) => (Number.parseFloat(row(name)) * Math.PI) / 180,
  );
  const [cosA, cosB, cosG] = angles.map(Math.cos) as Triple;
  const sinG = Math.sin(angles[2] as number);
  const across = (cosA - cosB * cosG) / sinG;
  const up = Math.sqrt(1 - cosB ** 2 - across ** 2);
  if (![a, b, c, across, up].every(Number.isFinite)) return undefined;
  return ({ x, y, z }) => ({ x: a * x + b * cosG * y + c * cosB * z, y: b * sinG * y + c * across * z, z: c * up * z });
}

type Triple = [number, number, number];

function atomOf(row: Row, columnOfX: string): Atom | undefined {
  const [x, y, z] = ["x", "y", "z"].map((axis) =>
    Number.parseFloat(row(columnOfX.replace(/x(_ideal)?$/, `${axis}$1`))),
  );
  if (![x, y, z].every(Number.isFinite)) return undefined;
  return {
    serial: Number.parseInt(row("id"), 10) || 0,
    atom: row("auth_atom_id") || row("label_atom_id") || row("label"),
    elem: elementOf(row),
    resn: row("auth_comp_id") || row("label_comp_id"),
    chain: row("auth_asym_id") || row("label_asym_id"),
    resi: Number.parseInt(row("auth_seq_id") || row("label_seq_id"), 10) || 0,
    icode: row("pdbx_PDB_ins_code"),
    hetflag: row("group_PDB") === "HETATM",
    x: x as number,
    y: y as number,
    z: z as number,
    b: Number.parseFloat(row("B_iso_or_equiv")) || 0,
    ss: "c",
    bonds: [],
    bondOrder: [],
  };
}

function stretchOf(kind: "h" | "s", row: Row): Stretch {
  return {
    kind,
    chain: row("beg_auth_asym_id"),
    begin: Number.parseInt(row("beg_auth_seq_id"), 10),
    end: Number.parseInt(row("end_auth_seq_id"), 10),
  };
}

/**
 * Reads tables of a file in the syntax of CIF: https://www.iucr.org/resources/cif/spec/version1.1/cifsyntax. A table is a loop, or single
 * values of one category. Names are read in either case. Of the blocks up to the first after which nothing more is wanted.
 * @param wanted By category; returns false to hear no more. By default, only the first block is read.
 */
export function readTables(
  text: string,
  { isDone = () => true, ...wanted }: Record<string, (row: Row) => boolean> & { isDone?: () => boolean },
): void {
  // Files of an old Macintosh have no other ends of lines.
  const words = wordsOf(text.includes("\n") ? text : text.replaceAll("\r", "\n"));
  const singles = new Map<string, Map<string, string>>();
  const give = () => {
    for (const [category, values] of singles) wanted[category]?.((name) => values.get(name.toLowerCase()) ?? "");
    singles.clear();
  };
  let blocks = 0;
  let word = words.next();
  while (!word.done) {
    const { text: said, isQuoted } = word.value;
    if (isQuoted) word = words.next();
    else if (/^data_/i.test(said)) {
      if (++blocks > 1) give();
      if (blocks > 1 && isDone()) return;
      word = words.next();
    } else if (said.toLowerCase() === "loop_") {
      const names: string[] = [];
      for (word = words.next(); !word.done && isName(word.value); word = words.next()) names.push(word.value.text);
      const [category = ""] = names[0] ? partsOf(names[0]) : [];
      const places = new Map(names.map((name, place) => [partsOf(name)[1], place]));
      let take = wanted[category];
      while (!word.done && !isName(word.value) && !isKeyword(word.value)) {
        const row: string[] = [];
        for (; row.length < names.length && !word.done; word = words.next()) row.push(saidBy(word.value));
        if (names.length === 0) word = words.next();
        else if (
          row.length === names.length &&
          take &&
          !take((name) => row[places.get(name.toLowerCase()) ?? -1] ?? "")
        )
          take = undefined;
      }
    } else if (isName(word.value)) {
      const [category, name] = partsOf(said);
      word = words.next();
      if (word.done) break;
      if (wanted[category]) {
        const values = singles.get(category) ?? new Map<string, string>();
        singles.set(category, values.set(name, saidBy(word.value)));
      }
      word = words.next();
    } else word = words.next();
  }
  give();
}

/** Category and name of an item. Files of small molecules have no point between them. */
function partsOf(item: string): [category: string, name: string] {
  const lower = item.toLowerCase();
  const plain = /^(_atom_site(?:_aniso)?|_cell)_(.+)$/.exec(lower);
  if (plain && !lower.includes(".")) return [plain[1] as string, plain[2] as string];
  const [category = "", name = ""] = lower.split(".");
  return [category, name];
}

interface Word {
  text: string;
  isQuoted: boolean;
}

const isName = ({ text, isQuoted }: Word) => !isQuoted && text.startsWith("_");
const isKeyword = ({ text, isQuoted }: Word) => !isQuoted && /^(loop_$|global_$|stop_$|data_|save_)/i.test(text);
/** A point or a question mark says that there is no value. */
const saidBy = ({ text, isQuoted }: Word) => (!isQuoted && (text === "." || text === "?") ? "" : text);

function* wordsOf(text: string): Generator<Word, undefined> {
  const plain = /[^\s]+/y;
  for (let at = 0; at < text.length; ) {
    const letter = text[at] as string;
    if (letter === ";" && (at === 0 || text[at - 1] === "\n")) {
      const end = text.indexOf("\n;", at);
      yield { text: text.slice(at + 1, end < 0 ? text.length : end).replace(/\r$/, ""), isQuoted: true };
      at = end < 0 ? text.length : end + 2;
    } else if (letter === "#") {
      const end = text.indexOf("\n", at);
      at = end < 0 ? text.length : end;
    } else if (letter === "'" || letter === '"') {
      // A quote ends the word only before white space.
      let end = text.indexOf(letter, at + 1);
      while (end >= 0 && /\S/.test(text[end + 1] ?? " ")) end = text.indexOf(letter, end + 1);
      yield { text: text.slice(at + 1, end < 0 ? text.length : end), isQuoted: true };
      at = end < 0 ? text.length : end + 1;
    } else if (/\s/.test(letter)) at++;
    else {
      plain.lastIndex = at;
      const found = plain.exec(text)?.[0] ?? letter;
      yield { text: found, isQuoted: false };
      at += found.length;
    }
  }
}
