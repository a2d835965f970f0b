// Cases 60, 61, 120, 121 and 122.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readMmcif, readTables } from "../src/molecules/mmcif";
import { readPdb } from "../src/molecules/pdb";
import { type Atom, bind } from "../src/molecules/structure";

const pdb = `HEADER    HYDROLASE
TITLE     A SHORT
TITLE    2 HELIX
HELIX    1   1 ALA A    1  ALA A    2  1                                   2
ATOM      1  N   ALA A   1      11.104   6.134  -6.504  1.00 12.34           N
ATOM      2  CA AALA A   1      11.639   6.071  -5.147  0.50 10.00           C
ATOM      3  CA BALA A   1      11.700   6.100  -5.100  0.50 10.00           C
ATOM      4  C   ALA A   2      12.500   7.100  -4.600  1.00 10.00
HETATM    5 FE   HEM B 101      30.000   7.000  -4.000  1.00 20.00          FE
ATOM  broken
ENDMDL
ATOM      6  N   ALA A   3      99.000   6.134  -6.504  1.00 12.34           N
`;

const mmcif = `data_1ABC
# a comment
_struct.entry_id 1ABC
_struct.title 'A dog's life'
loop_
_struct_conf.conf_type_id
_struct_conf.beg_auth_asym_id
_struct_conf.beg_auth_seq_id
_struct_conf.end_auth_seq_id
HELX_P A 1 2
_other.text
;several
lines_ loop_
;
loop_
_atom_site.group_PDB
_atom_site.id
_atom_site.type_symbol
_atom_site.label_alt_id
_atom_site.auth_atom_id
_atom_site.auth_comp_id
_atom_site.auth_asym_id
_atom_site.auth_seq_id
_atom_site.Cartn_x
_atom_site.Cartn_y
_atom_site.Cartn_z
_atom_site.B_iso_or_equiv
_atom_site.pdbx_PDB_model_num
ATOM 1 N . N ALA A 1 11.104 6.134 -6.504 12.34 1
ATOM 2 C A CA ALA A 1 11.639 6.071 -5.147 10 1
ATOM 3 C B CA ALA A 1 11.7 6.1 -5.1 10 1
ATOM 4 O . "O5'" ALA A 2 12.5 7.1 -4.6 10 1
HETATM 5 FE . FE HEM B 101 30 7 -4 ? 1
ATOM 6 N . N ALA A 1 0 0 0 0 2
loop_
_late.one
x
data_second
`;

describe("a structure", () => {
  test("of the old format is its first model, in first places, with helices and bonds (formats 61)", () => {
    const { title, atoms, residues, chains, note } = readPdb(pdb);
    expect([title, residues, chains]).toEqual(["A SHORT HELIX", 2, 2]);
    expect(note).toBe(
      "Only the first model is shown. Alternative positions not shown: 1. Atoms with unreadable coordinates: 1.",
    );
    expect(atoms.map(({ atom, elem, resn, chain, resi, ss }) => [atom, elem, resn, chain, resi, ss].join(" "))).toEqual(
      ["N N ALA A 1 h", "CA C ALA A 1 h", "C C ALA A 2 h", "FE FE HEM B 101 c"],
    );
    expect(atoms[0]).toMatchObject({ x: 11.104, y: 6.134, z: -6.504, b: 12.34, hetflag: false, ssbegin: true });
    expect(atoms.map(({ bonds }) => bonds)).toEqual([[1], [0, 2], [1], []]);
  });
  test("has residues beyond 9999, in hybrid-36, begun again or as stars, and hydrogens without columns of elements (formats 60)", () => {
    const line = (serial: string, name: string, resi: string) =>
      `ATOM  ${serial}  ${name}ALA A${resi}       1.000   2.000   3.000  1.00 10.00`;
    const read = (resi: string[]) =>
      readPdb(resi.map((each) => line("A0000", "CA  ".padEnd(4), each)).join("\n")).atoms.map((atom) => atom.resi);
    expect(read(["9999", "A000", "A001", "a000"])).toEqual([9999, 10_000, 10_001, 1_223_056]);
    expect(read(["9998", "9999", "   0", "   1"])).toEqual([9998, 9999, 10_000, 10_001]);
    expect(read(["9999", "****"])).toEqual([9999, 10_000]);
    const names = [" H  ", "HG11", "1HB ", "HE21", "CA  ", " CA "];
    const atoms = readPdb(
      names.map((name) => line("    1", name, "   1").replace(`  ${name}`, ` ${name} `)).join("\n"),
    ).atoms;
    expect(atoms.map(({ elem }) => elem)).toEqual(["H", "H", "H", "H", "C", "C"]);
  });
  test("of mmCIF says the same, whatever words and quotes it has", () => {
    const { title, atoms, residues, chains } = readMmcif(mmcif);
    expect([title, residues, chains]).toEqual(["A dog's life", 2, 2]);
    expect(atoms.map(({ atom, elem, resi, ss, b }) => [atom, elem, resi, ss, b].join(" "))).toEqual([
      "N N 1 h 12.34",
      "CA C 1 h 10",
      "O5' O 2 h 10",
      "FE FE 101 c 0",
    ]);
  });
  test("of the old format has chains of two letters, residues of four, and frames that END ends (formats 121, 122)", () => {
    const atom = (columns: string, resi: number, x: number) =>
      `ATOM      1  CA  ${columns}${String(resi).padStart(4)}    ${x.toFixed(3).padStart(8)}   0.000   0.000  1.00 10.00           C`;
    const chains = ["ALAAA", "ALAAB", "ALABA", "ALA A", "TIP3A"].flatMap((columns, place) =>
      [1, 2].map((resi) => atom(columns, resi, place * 20 + resi * 3.8)),
    );
    const { atoms, residues } = readPdb([...chains.slice(0, 8), "END"].join("\n"));
    expect([[...new Set(atoms.map(({ chain }) => chain))], residues]).toEqual([["AA", "AB", "BA", "A"], 8]);
    expect(readPdb(chains.slice(8).join("\n")).atoms[0]).toMatchObject({ resn: "TIP3", chain: "A" });
    const frames = [0, 1, 2].map((frame) => [1, 2, 3].map((resi) => atom("ALA A", resi, frame + resi)).join("\n"));
    const first = readPdb(frames.map((frame) => `${frame}\nEND\n`).join(""));
    expect([first.atoms.map(({ x }) => x), first.note]).toEqual([[1, 2, 3], "Only the first model is shown."]);
    expect(readPdb(`${frames[0]}\nEND\n`).note).toBeUndefined();
    const models = readPdb(frames.map((frame, place) => `MODEL     ${place}\n${frame}\n`).join(""));
    expect([models.atoms.length, models.note]).toEqual([3, "Only the first model is shown."]);
    // A number of an atom that takes the column before it, and a file in small letters.
    const long = (frames[0] as string).replaceAll("ATOM      1", "ATOM 100000");
    for (const text of [long, long.toLowerCase()])
      expect(readPdb(text).atoms.map(({ x, elem }) => `${elem}${x}`)).toEqual(["C1", "C2", "C3"]);
  });
  test("of a small molecule, a ligand, capitals or a later block has its atoms (formats 120)", () => {
    const site = "id type_symbol label_atom_id label_comp_id label_asym_id Cartn_x Cartn_y Cartn_z".split(" ");
    const loop = (names: string[], rows: string) => `loop_\n${names.join("\n")}\n${rows}\n`;
    const rows = "1 N N ALA A 1.0(2) 2.0 3.0\n2 C CA loop_x A 2.0 2.0 3.0 # comment\n3 C CB ALA global_A 2.0 3.0 3.0";
    const atoms = loop(
      site.map((name) => `_atom_site.${name}`),
      rows,
    );
    const shown = (text: string) => readMmcif(text).atoms.map(({ atom, elem, x, y, z }) =>
      [atom, elem, ...[x, y, z].map((each) => each.toFixed(2))].join(" ")); // biome-ignore format: a table
    const three = ["N N 1.00 2.00 3.00", "CA C 2.00 2.00 3.00", "CB C 2.00 3.00 3.00"];
    expect(shown(`data_x\n${atoms}`)).toEqual(three);
    expect(shown(`DATA_x\n${atoms.replaceAll(/_atom_site\.\w+/g, (name) => name.toUpperCase())}`)).toEqual(three);
    expect(shown(`data_empty\n_entry.id X\ndata_x\n${atoms}data_y\n${atoms}`)).toEqual(three);
    expect(shown(`data_x\n${atoms}`.replaceAll("\n", "\r"))).toEqual(three);
    const cell = (angle: number) => [
      ...["a", "b", "c"].map((axis) => `_cell_length_${axis} 5.62`),
      ...["alpha", "beta", "gamma"].map((axis) => `_cell_angle_${axis} ${axis === "gamma" ? angle : 90}`),
    ].join("\n"); // biome-ignore format: a table
    const core = loop(
      ["label", "fract_x", "fract_y", "fract_z"].map((name) => `_atom_site_${name}`),
      "Na 0.0 0.0 0.0\nCl1 0.50000(2) 0.5 0.5",
    );
    const salt = ["Na NA 0.00 0.00 0.00", "Cl1 CL 2.81 2.81 2.81"];
    expect(shown(`data_global\n_title x\ndata_1\n${cell(90)}\n${core}`)).toEqual(salt);
    expect(shown(`data_1\n${core}${cell(120)}\n`)[1]).toBe("Cl1 CL 1.41 2.43 2.81");
    const single = "_atom_site_label Cl1\n_atom_site_fract_x .5\n_atom_site_fract_y .5\n_atom_site_fract_z .5\n";
    expect(shown(`data_1\n${cell(90)}\n${single}`)).toEqual(["Cl1 CL 2.81 2.81 2.81"]);
    const ion = "_ATOM_SITE_LABEL FE1\n_ATOM_SITE_TYPE_SYMBOL FE3+\n";
    const cartesian = ["X", "Y", "Z"].map((axis) => `_ATOM_SITE_CARTN_${axis} 1.5\n`).join("");
    expect(shown(`data_1\n${ion}${cartesian}`)).toEqual(["FE1 FE 1.50 1.50 1.50"]);
    const comp = ["comp_id", "atom_id", "type_symbol", "model_Cartn_x", "model_Cartn_y", "model_Cartn_z"];
    const ideal = ["x", "y", "z"].map((axis) => `pdbx_model_Cartn_${axis}_ideal`);
    const ligand = loop(
      [...comp, ...ideal].map((name) => `_chem_comp_atom.${name}`),
      "ATP PG P 1 2 3 7 8 9\nATP O1 O ? ? ? 4 5 6",
    );
    expect(shown(`data_ATP\n${ligand}`)).toEqual(["PG P 1.00 2.00 3.00", "O1 O 4.00 5.00 6.00"]);
  });
  test("without atoms is none", () => {
    expect(() => readPdb("HEADER only\n")).toThrow("This file has no atoms.");
    expect(() => readMmcif("data_x\n_cell.length_a 5\nloop_\n_symmetry.op\nx,y,z\n")).toThrow("no atoms");
  });
  test("whatever the text, reading ends", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("loop_", "_a.b", "_atom_site.id", ";", "'", "#", "data_x", "1", "\n", " ")),
        (words) => {
          readTables(words.join(" "), { _atom_site: () => true });
          readTables(words.join(""), { _atom_site: () => false });
        },
      ),
    );
  });
  test("whose atoms are all in one place has bounded bonds, soon", () => {
    const atom = (place: number): Atom => ({
      ...(readPdb(pdb).atoms[0] as Atom),
      x: 5 + (place % 5),
      serial: place,
      bonds: [],
      bondOrder: [],
    });
    const atoms = Array.from({ length: 50_000 }, (_, place) => atom(place));
    bind(atoms);
    expect(Math.max(...atoms.map(({ bonds }) => bonds.length))).toBeLessThanOrEqual(8);
  });
});
