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
  test("of the old format is its first model, in first places, with helices and bonds", () => {
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
  test("has residues beyond 9999, in hybrid-36, begun again or as stars, and hydrogens without columns of elements", () => {
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
