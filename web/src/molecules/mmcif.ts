import { isWhole } from "./pdb";
import { type Atom, AtomChoice, join, type Stretch, type Structure } from "./structure";

type Row = (name: string) => string;

/** Reads a file of the Protein Data Bank, or of a prediction, in mmCIF: https://mmcif.wwpdb.org. The first model, first places. */
export function readMmcif(text: string): Structure {
  const choice = new AtomChoice();
  const stretches: Stretch[] = [];
  let title = "";
  let model: string | undefined;
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
      model ??= row("pdbx_PDB_model_num");
      if (row("pdbx_PDB_model_num") !== model) {
        choice.hasMoreModels = true;
        return true;
      }
      const atom = atomOf(row);
      if (!atom) choice.unreadable++;
      return !atom || choice.add(atom, row("label_alt_id"));
    },
  });
  return join(title, choice, stretches.filter(isWhole));
}

function atomOf(row: Row): Atom | undefined {
  const [x, y, z] = [row("Cartn_x"), row("Cartn_y"), row("Cartn_z")].map(Number.parseFloat);
  if (![x, y, z].every(Number.isFinite)) return undefined;
  return {
    serial: Number.parseInt(row("id"), 10) || 0,
    atom: row("auth_atom_id") || row("label_atom_id"),
    elem: row("type_symbol").toUpperCase(),
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
 * values of one category. Of the first block.
 * @param wanted By category; returns false to hear no more.
 */
export function readTables(text: string, wanted: Record<string, (row: Row) => boolean>): void {
  const words = wordsOf(text);
  const singles = new Map<string, Map<string, string>>();
  let blocks = 0;
  let word = words.next();
  while (!word.done) {
    const { text: said, isQuoted } = word.value;
    if (isQuoted) word = words.next();
    else if (/^data_/i.test(said) && ++blocks > 1) break;
    else if (said.toLowerCase() === "loop_") {
      const names: string[] = [];
      for (word = words.next(); !word.done && isName(word.value); word = words.next()) names.push(word.value.text);
      const category = names[0]?.split(".")[0] ?? "";
      const places = new Map(names.map((name, place) => [name.slice(category.length + 1), place]));
      let take = wanted[category];
      while (!word.done && !isName(word.value) && !isKeyword(word.value)) {
        const row: string[] = [];
        for (; row.length < names.length && !word.done; word = words.next()) row.push(saidBy(word.value));
        if (names.length === 0) word = words.next();
        else if (row.length === names.length && take && !take((name) => row[places.get(name) ?? -1] ?? ""))
          take = undefined;
      }
    } else if (isName(word.value)) {
      const [category = "", name = ""] = said.split(".");
      word = words.next();
      if (word.done) break;
      if (wanted[category]) {
        const values = singles.get(category) ?? new Map<string, string>();
        singles.set(category, values.set(name, saidBy(word.value)));
      }
      word = words.next();
    } else word = words.next();
  }
  for (const [category, values] of singles) wanted[category]?.((name) => values.get(name) ?? "");
}

interface Word {
  text: string;
  isQuoted: boolean;
}

const isName = ({ text, isQuoted }: Word) => !isQuoted && text.startsWith("_");
const isKeyword = ({ text, isQuoted }: Word) => !isQuoted && /^(loop_|data_|save_|global_|stop_)/i.test(text);
/** A point or a question mark says that there is no value. */
const saidBy = ({ text, isQuoted }: Word) => (!isQuoted && (text === "." || text === "?") ? "" : text);

function* wordsOf(text: string): Generator<Word, undefined> {
  const plain = /[^\s]+/y;
  for (let at = 0; at < text.length; ) {
    const letter = text[at] as string;
    if (letter === ";" && (at === 0 || text[at - 1] === "\n")) {
      const end = text.indexOf("\n;", at);
      yield { text: text.slice(at + 1, end < 0 ? text.length : end), isQuoted: true };
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
