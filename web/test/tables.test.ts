// Cases 63.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sortAfter, usualTable, viewOf } from "../src/tables/address";
import { csvOf, mostSaved } from "../src/tables/rows/csv";
import { openTables } from "../src/tables/rows/openTables";
import { single } from "../src/tables/rows/parquetValues";
import { parseFields, RecordIndex } from "../src/tables/rows/records";
import { type Format, NotATable, type Read, type RowSource } from "../src/tables/rows/source";
import { matcher, orderOf, thin } from "../src/tables/rows/view";
import { numberOf } from "../src/text/numeric";

const reader =
  (bytes: Uint8Array): Read =>
  async (begin, length) =>
    bytes.slice(begin, begin + length);
const openAll = (text: string, format: Format = "csv") => {
  const bytes = new TextEncoder().encode(text);
  return openTables(reader(bytes), bytes.length, format, () => {});
};
const open = async (text: string, isLines = false) => (await openAll(text, isLines ? "lines" : "csv")).open(0);
const limits = { bytes: 4 << 20, records: 2_000_000 };
const all = async (table: RowSource) => table.rows(Array.from({ length: table.count }, (_, number) => number));

describe("text as a table", () => {
  test("quotes, separators and line ends of CSV", async () => {
    const table = await open('\ufeffa,b\r\n"1,5","say ""hi""\nthere"\r\n2,\n');
    expect(table.columns).toEqual(["a", "b"]);
    expect(await all(table)).toEqual([
      ["1,5", 'say "hi"\nthere'],
      ["2", ""],
    ]);
  });
  test("semicolons and tabs, and no line end at the end", async () =>
    expect([await all(await open("a;b\n1;2")), await all(await open("a\tb\n1\t2"))]).toEqual([
      [["1", "2"]],
      [["1", "2"]],
    ]));
  test("names of columns are found below a separator line, comments and titles, which are said", async () => {
    const tables = [
      "sep=;\na;b\n1;2\n",
      "# by me\na,b\n1,2\n",
      "My report\n\na,b\n1,2\n",
      "# a b\n1,2\n3,4\n",
      "a,b\r1,2\r",
    ];
    const read = await Promise.all(tables.map((text) => open(text)));
    expect(read.map(({ columns }) => columns)).toEqual(tables.map(() => ["a", "b"]));
    expect(read.map(({ remark }) => remark)).toEqual([
      undefined,
      "Before the table: # by me",
      "Before the table: My report",
      undefined,
      undefined,
    ]);
    expect(await all(read[3] as RowSource)).toEqual([
      ["1", "2"],
      ["3", "4"],
    ]);
  });
  test("numbers between blanks are columns, and words are none", async () => {
    const saxs = "Sample: lysozyme at 5 mg/ml in a buffer\n# q I(q) sigma\n 1.0E-02  3.5   0.1 \n\t2.0E-02\t3.4 0.2\n";
    const read = await open(saxs);
    expect([read.columns, await all(read)]).toEqual([
      ["q", "I(q)", "sigma"],
      [
        ["1.0E-02", "3.5", "0.1"],
        ["2.0E-02", "3.4", "0.2"],
      ],
    ]);
    expect((await open("q I\n1 2\n3 4\n")).columns).toEqual(["q", "I"]);
    const odd = await open("1 2\n3 4\n3 4 5\n\n5 6\n");
    expect([odd.columns, await all(odd)]).toEqual([["column 1", "column 2"], [["1", "2"], ["3", "4"], ["5", "6"]]]); // biome-ignore format: a table
    expect(odd.remark).toBe("1 line does not fit the table and is not a row of it. Line 3: 3 4 5");
    expect((await open("title\nfive words of a text\nfive words of a text\n")).columns).toEqual(["title"]);
  });
  test("commas stand before decimals where blanks or semicolons separate", async () => {
    const spectrum = await open("# E I\n1,5 10,25\n9,5 2,75\n");
    expect([spectrum.columns, await all(spectrum)]).toEqual([["E", "I"], [["1,5", "10,25"], ["9,5", "2,75"]]]); // biome-ignore format: a table
    expect(await all(await open("a;b\n1,5;2\n3;4,5\n"))).toEqual([["1,5", "2"], ["3", "4,5"]]); // biome-ignore format: a table
    expect(await all(await open("1, 2\n3, 4\n"))).toEqual([["1", " 2"], ["3", " 4"]]); // biome-ignore format: a table
  });
  test("no field is lost: columns without a name have their place as name", async () => {
    const table = await open("a,b\n1,2,3\n4,5\n6,7\n");
    expect([table.columns, (await all(table))[0]]).toEqual([
      ["a", "b", "column 3"],
      ["1", "2", "3"],
    ]);
    expect((await open(",b\nx,2\n")).columns).toEqual(["column 1", "b"]);
  });
  test("a quote that is never closed is said", async () =>
    expect((await open('a,b\n1,"2\n3,4\n')).remark).toMatch("is never closed"));
  test("a line that is not JSON is shown as it is, in the middle and after the first ones (formats 63)", async () => {
    const table = await open(`${'{"a":1}\n'.repeat(20_001)}{"a":NaN}\n{"a":`, true);
    expect(await table.rows([20_000, 20_001, 20_002])).toEqual([["1"], ["NaN"], ['{"a":']]);
    expect(table.remark).toMatch("The columns are those of the first");
  });
  test("JSON lines with different keys", async () => {
    const table = await open('{"a":1}\n{"b":"x","a":null}\n', true);
    expect([table.columns, await all(table)]).toEqual([
      ["a", "b"],
      [
        ["1", ""],
        ["null", "x"],
      ],
    ]);
  });
  test("other text is not taken for JSON lines", () => expect(open("hello\n", true)).rejects.toThrow(NotATable));
  test("what is no text is no table", () => expect(open("a,b\n\0\0")).rejects.toThrow(NotATable));
  test("one endless line is refused with words, and not kept", async () => {
    const size = 1e12;
    let asked = 0;
    const read: Read = async (_, length) => {
      asked += length;
      return new Uint8Array(length).fill(120);
    };
    await expect(openTables(read, size, "csv", () => {}, limits)).rejects.toThrow(
      "The first line of this file is too long",
    );
    expect(asked).toBeLessThanOrEqual(limits.bytes);
  });
  test("a large file says which rows are shown", async () => {
    const row = new TextEncoder().encode(`${"1,2,3,4,5,6".repeat(10)}\n`);
    const read: Read = async (begin, length) =>
      Uint8Array.from({ length }, (_, at) => row[(begin + at) % row.length] as number);
    const table = (await openTables(read, 1e9, "csv", () => {}, limits)).open(0);
    expect(table.note).toMatch(/^Only the first [\d\s]+ rows are shown/);
  });
  test("records begin at the same places however the file is cut", () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...'ab,"\n'), { maxLength: 60 }), fc.nat(60), (letters, at) => {
        const bytes = new TextEncoder().encode(letters.join(""));
        const whole = new RecordIndex(44);
        whole.add(bytes, 1e6);
        const cut = new RecordIndex(44);
        cut.add(bytes.subarray(0, at), 1e6);
        cut.add(bytes.subarray(at), 1e6);
        expect(cut.starts).toEqual(whole.starts);
      }),
    ));
  test("fields that are written by the rule come back", () =>
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), (fields) => {
        const record = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(",");
        expect(parseFields(`${record}\r\n`, ",")).toEqual(fields);
      }),
    ));
});

describe("what is seen of a table", () => {
  test("numbers are sorted as numbers, what is none comes last", () =>
    expect([...orderOf(5, [], { texts: ["10", "9", "", "-1", "1e3"], isDown: false })]).toEqual([3, 1, 0, 4, 2]));
  test("integers beyond 2^53 and infinities are sorted by all of their digits", () => {
    const texts = ["9007199254740993", "inf", "9007199254740992", "-Infinity", "1"];
    expect([...orderOf(5, [], { texts, isDown: false })]).toEqual([3, 4, 2, 0, 1]);
    expect(texts.map(matcher("= 9007199254740993"))).toEqual([true, false, false, false, false]);
  });
  test("texts are sorted down, equal ones as they were", () =>
    expect([...orderOf(4, [], { texts: ["b", "a", "b", "c"], isDown: true })]).toEqual([3, 0, 2, 1]));
  test.each([
    [">= 5", ["4", "5", "x", ""], [false, true, false, false]],
    ["!= 0", ["0", "0.0", "1"], [false, false, true]],
    ["= ab", ["ab", "abc"], [true, false]],
    ["LYSO", ["my lysozyme", "x"], [true, false]],
    ["<", ["a<b", "ab"], [false, false]],
  ])("the filter %s", (filter, texts, expected) => expect(texts.map(matcher(filter))).toEqual(expected));
  test("a plot of many rows keeps its peaks", () => {
    const xs = Float64Array.from({ length: 100_000 }, (_, at) => at);
    const ys = xs.map((at) => (at === 77_777 ? 9 : at === 5 ? -9 : 0));
    const { x, y } = thin(xs, ys, 1000);
    expect(x.length).toBeLessThanOrEqual(1002);
    expect([Math.max(...y), Math.min(...y)]).toEqual([9, -9]);
    expect(x).toEqual([...x].sort((a, b) => a - b));
  });
});

test("decimal commas, Fortran's exponents and the typographic minus are numbers; commas that may separate thousands are not", () => {
  const texts = ["1,5", "10,25 ", "-0,5e-3", "1.0D+05", "2d1", "\u22123.5", "1,2345"];
  expect(texts.map(numberOf)).toEqual([1.5, 10.25, -0.0005, 1e5, 20, -3.5, 1.2345]);
  for (const text of ["1,234", "1,234,567", "1.234,5", "7,", ",", "", "d5", "1,5,2", "0x1,5", "1 2"])
    expect(numberOf(text)).toBeNaN();
  expect(orderOf(3, [], { texts: ["10,5", "9,5", "1,5"], isDown: false })).toEqual(Uint32Array.of(2, 1, 0));
});

test("numbers of single precision have no digits that nobody wrote", () => {
  expect(single(Math.fround(147.2032))).toBe(147.2032);
  expect(single(Math.fround(0.1))).toBe(0.1);
  expect(single(Math.fround(-0.113379136))).toBe(-0.113379136);
  expect(single(Number.NaN)).toBeNaN();
});

describe("a table in the address", () => {
  test("portal review 12: order and filter are in the address, and what it cannot mean is left out", () => {
    expect(viewOf({ sort: "-2", column: "3", contains: " >= 5 " }, 3)).toEqual({
      sort: { column: 1, isDown: true },
      filters: { 2: ">= 5" },
    });
    expect(viewOf({ sort: "4", column: "9", contains: "a" }, 3)).toEqual({ sort: undefined, filters: {} });
    expect(viewOf(usualTable, 3)).toEqual({ sort: undefined, filters: {} });
  });
  test("a head is clicked for up, down and the order of the file", () => {
    expect([sortAfter("", 0), sortAfter("1", 0), sortAfter("-1", 0), sortAfter("-1", 1)]).toEqual(["1", "-1", "", "2"]);
  });
});

describe("a table that is saved", () => {
  test("portal review 7: the file has the rows that are seen, in their order, with all of their texts", async () => {
    const long = "x".repeat(5000);
    const table = await open(`n,text\n1,one\n2,"two, ""2"""\n3,${long}\n`);
    const saved = await csvOf(table, Uint32Array.from([2, 1]));
    expect(await saved.text()).toBe(`"n","text"\r\n"3","${long}"\r\n"2","two, ""2"""\r\n`);
    const all = await csvOf(table, undefined);
    expect((await open(await all.text())).count).toBe(3);
  });
  test("more rows than a browser saves are refused", async () => {
    const source = {
      columns: ["a"],
      count: mostSaved + 1,
      note: undefined,
      rows: async () => [],
      column: async () => [],
    };
    await expect(csvOf(source, undefined)).rejects.toThrow("at most");
  });
});
