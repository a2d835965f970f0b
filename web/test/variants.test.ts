import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { readMmcif } from "../src/molecules/mmcif";
import { readPdb } from "../src/molecules/pdb";
import { openTables } from "../src/tables/rows/openTables";

interface Variant {
  kind: "pdb" | "mmcif" | "molecule" | "csv" | "lines";
  how?: string;
  text: string;
  raw: string;
  atoms: unknown[][];
  others: number;
  models: number;
  columns: string[];
  rows: string[][];
  remark: string[];
  bad: boolean;
}

const seed = process.env.HUTCH_FUZZ_SEED ?? "1";
const count = process.env.HUTCH_FUZZ_VARIANTS ?? "800";

/** Formats 60, 61, 63, 65, 120 to 122: files that gemmi, csv and json write, as gemmi, pandas and json read them: 130 of each. `./run fuzz` has others. */
test("structures and tables are read as the programs of the field read them", async () => {
  const script = new URL("./variants.py", import.meta.url).pathname;
  const written = execFileSync("/usr/bin/python3", [script, seed, count], { maxBuffer: 1 << 30 });
  const variants = JSON.parse(written.toString()) as Variant[];
  expect(variants.length).toBe(Number(count));
  for (const [number, variant] of variants.entries()) {
    const where = `variant ${number} of seed ${seed}: ${variant.kind} ${variant.how ?? ""}`;
    if (variant.kind === "molecule") compareMolecule(variant, where);
    else if (variant.kind === "pdb" || variant.kind === "mmcif") compareAtoms(variant, where);
    else await compareRows(variant, where);
  }
}, 300_000);

function compareAtoms(variant: Variant, where: string) {
  const { atoms, note } = (variant.kind === "pdb" ? readPdb : readMmcif)(variant.text);
  const got = atoms.map((atom) => JSON.stringify(rowOf(atom))).sort();
  expect(got, where).toEqual(variant.atoms.map((atom) => JSON.stringify(atom)).sort());
  expect(note ?? "", where).toContain(variant.others > 0 ? `Alternative positions not shown: ${variant.others}.` : "");
  expect(/first model/.test(note ?? ""), where).toBe(variant.models > 1);
}

function compareMolecule({ text, atoms }: Variant, where: string) {
  const got = readMmcif(text).atoms.map(({ atom, elem, x, y, z }) => [atom, elem, x, y, z] as unknown[]);
  expect(
    got.map(([atom, elem]) => [atom, elem]),
    where,
  ).toEqual(atoms.map(([atom, elem]) => [atom, elem]));
  for (const [number, place] of got.entries())
    for (const axis of [2, 3, 4])
      expect(Math.abs((place[axis] as number) - (atoms[number]?.[axis] as number)), where).toBeLessThan(1e-3);
}

function rowOf({
  chain,
  resi,
  icode,
  resn,
  atom,
  elem,
  x,
  y,
  z,
  b,
  hetflag,
}: ReturnType<typeof readPdb>["atoms"][number]) {
  return [chain, resi, icode, resn, atom, elem, x, y, z, b, hetflag];
}

async function compareRows(variant: Variant, where: string) {
  const bytes = Uint8Array.from(Buffer.from(variant.raw, "base64"));
  const read = async (begin: number, length: number) => bytes.slice(begin, begin + length);
  const table = (await openTables(read, bytes.length, variant.kind === "lines" ? "lines" : "csv", () => {})).open(0);
  expect(table.columns, where).toEqual(variant.columns);
  const rows = await table.rows(Array.from({ length: table.count }, (_, row) => row));
  expect(
    rows.map((row) => variant.columns.map((_, place) => row[place] ?? "")),
    where,
  ).toEqual(variant.rows);
  for (const line of variant.remark ?? []) expect(table.remark, where).toContain(line);
  if (variant.kind === "lines") expect(table.remark !== undefined, where).toBe(variant.bad);
}
