import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import { openTables } from "../src/tables/rows/openTables";
import { type Format, NotATable } from "../src/tables/rows/source";
import { fieldsOfStar } from "../src/tables/rows/star";
import { numberOf } from "../src/text/numeric";

interface Written {
  kind: Format | "spec";
  raw: string;
  tables: { title: string; columns: string[]; rows: (string | number)[][] }[];
}

const seed = process.env.HUTCH_FUZZ_SEED ?? "1";
const count = process.env.HUTCH_FUZZ_VARIANTS ?? "200";

const openBytes = (bytes: Uint8Array, format: Format) =>
  openTables(
    async (begin, length) => bytes.slice(begin, begin + length),
    bytes.length,
    format,
    () => {},
  );
const open = (text: string, format: Format = "columns") => openBytes(new TextEncoder().encode(text), format);
const rowsOf = async (tables: Awaited<ReturnType<typeof open>>, place = 0) => {
  const table = tables.open(place);
  return table.rows(Array.from({ length: table.count }, (_, row) => row));
};

test("tables of instruments have the numbers that numpy, silx and gemmi read in them", async () => {
  const script = new URL("./instruments.py", import.meta.url).pathname;
  const written = execFileSync("/usr/bin/python3", [script, seed, count], { maxBuffer: 1 << 30 });
  const files = JSON.parse(written.toString()) as Written[];
  expect(files.length).toBe(Number(count));
  for (const [place, { kind, raw, tables }] of files.entries()) {
    const where = `file ${place} of seed ${seed}: ${kind}`;
    const found = await openBytes(Buffer.from(raw, "base64"), kind === "spec" ? "columns" : kind);
    expect(
      found.titles.map((title) => (kind === "spec" ? title.split(" ", 1)[0] : title)),
      where,
    ).toEqual(tables.map(({ title }) => title));
    for (const [number, { columns, rows }] of tables.entries()) {
      const table = found.open(number);
      expect(table.columns, where).toEqual(columns);
      const texts = await rowsOf(found, number);
      expect(texts.length, where).toBe(rows.length);
      for (const [row, values] of rows.entries())
        for (const [at, value] of values.entries()) {
          const text = texts[row]?.[at] ?? "";
          if (typeof value === "number") expect(numberOf(text), `${where}, row ${row}`).toBe(value);
          else if (value.startsWith("single "))
            expect(Math.fround(Number(text)), where).toBe(Math.fround(Number(value.slice(7))));
          else if (kind === "numpy" && Number.isFinite(numberOf(value)))
            expect(Number(text), where).toBe(Number(value));
          else expect(text, `${where}, row ${row}`).toBe(value);
        }
    }
  }
}, 300_000);

describe("numbers between blanks", () => {
  test("XDI names its columns in its header, which is shown", async () => {
    const tables = await open(
      "# XDI/1.0 GSE/1.0\n# Column.1: energy eV\n# Column.2: mutrans\n# Element.symbol: Co\n# ///\n# room temperature\n#----\n#  energy mutrans\n 7509.0 -0.51\n 7519.0 -0.78\n",
    );
    expect(tables.open(0).columns).toEqual(["energy eV", "mutrans"]);
    expect(tables.open(0).remark).toContain("# Element.symbol: Co");
  });
  test("touching columns of fixed width, and commas that may separate thousands, make no table", async () => {
    await expect(open("# x y\n1.234-5.678\n2.345-6.789\n")).rejects.toThrow(NotATable);
    await expect(open("x y\n1,234 5,678\n2,345 6,789\n")).rejects.toThrow("may separate thousands");
  });
  test("lines of another width are counted and shown, and are not rows", async () => {
    const tables = await open("1 2 3\n4 5 6\n7 8\n9 10 11 12\ntwelve\n13 14 15\n");
    expect(await rowsOf(tables)).toEqual([["1", "2", "3"], ["4", "5", "6"], ["13", "14", "15"]]); // biome-ignore format: a table
    expect(tables.open(0).remark).toContain(
      "3 lines do not fit the table and are not rows of it. The first:\nLine 3: 7 8",
    );
  });
});

describe("a file of SPEC", () => {
  test("opens by scan, with spectra left out by name", async () => {
    const tables = await open(
      "#F a.spec\n#E 1\n\n#S 1 ascan th 0 1 1 1\n#D now\n#N 2\n#L Two Theta  I0\n1 2\n@A 1 2\\\n 3 4\n3 4\nabc 4\n\n#S 1 ct\n#N 1\n#L I0\n",
    );
    expect(tables.titles).toEqual(["1.1  ascan th 0 1 1 1", "1.2  ct"]);
    expect(tables.open(0).columns).toEqual(["Two Theta", "I0"]);
    expect(await rowsOf(tables)).toEqual([["1", "2"], ["3", "4"]]); // biome-ignore format: a table
    expect(tables.open(0).remark).toMatch(/1 line does not fit[\s\S]*1 spectrum is not shown[\s\S]*#D now/);
    expect([tables.open(1).columns, await rowsOf(tables, 1)]).toEqual([["I0"], []]);
  });
});

describe("a STAR file", () => {
  test("has a table for each loop, and one for the values of a block", async () => {
    const tables = await open(
      "# by RELION\n\ndata_\n\n_rlnSize  400 # pixels\n\nloop_\n_rlnX #1\n_rlnName #2\n 1.5  'a b'\n 2.5\n\ndata_two\nloop_\n_a\n_b\n",
      "star",
    );
    expect(tables.titles).toEqual(["values", "", "two"]);
    expect([await rowsOf(tables), await rowsOf(tables, 1)]).toEqual([[["rlnSize", "400"]], [["1.5", "a b"]]]);
    expect(tables.open(1).remark).toContain("Line 11: 2.5");
    expect([tables.open(2).columns, tables.open(2).count]).toEqual([["a", "b"], 0]);
  });
  test("without a table is refused", async () => {
    await expect(open("just words\n", "star")).rejects.toThrow("has no tables");
  });
  test("quotes end before a blank only", () =>
    expect(fieldsOfStar(`'it's' "a ""b" plain #c`)).toEqual(["it's", 'a ""b', "plain"]));
});

describe("a structured array of NumPy", () => {
  const header = (text: string, rows: number[]) => {
    const padded = `${text.padEnd(117)}\n`;
    return Uint8Array.from([0x93, ...Buffer.from("NUMPY"), 1, 0, padded.length, 0, ...Buffer.from(padded), ...rows]);
  };
  test("that is cut, has no fields, or has other types is refused", async () => {
    const whole = "{'descr': [('a', '|u1')], 'fortran_order': False, 'shape': (3,), }";
    expect(await rowsOf(await openBytes(header(whole, [1, 2, 3]), "numpy"))).toEqual([["1"], ["2"], ["3"]]);
    await expect(openBytes(header(whole, [1, 2]), "numpy")).rejects.toThrow("damaged");
    const plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }";
    await expect(openBytes(header(plain, []), "numpy")).rejects.toThrow("no columns");
    const objects = "{'descr': [('a', '|O')], 'fortran_order': False, 'shape': (0,), }";
    await expect(openBytes(header(objects, []), "numpy")).rejects.toThrow("types");
  });
  test("is a source text of C# if it has no mark of NumPy", async () =>
    await expect(openBytes(new TextEncoder().encode("using System;\n"), "numpy")).rejects.toThrow(NotATable));
});
