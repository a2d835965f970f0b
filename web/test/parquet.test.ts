// Cases 130.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ParquetRows } from "../src/tables/rows/ParquetRows";

// Just enough of Thrift's compact protocol and of Parquet for a file of one column a kind: a field is its number, its kind and its value.
type Field = [number, "i32" | "i64" | "text" | "struct" | "flag", unknown] | [number, "list", Listed];
type Listed = { of: "i32" | "text" | "struct"; items: unknown[] };
const kinds = { i32: 5, i64: 6, text: 8, list: 9, struct: 12, flag: 1 };

function varint(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
function encoded(kind: string, value: unknown): number[] {
  if (kind === "struct") return struct(value as Field[]);
  if (kind === "text") {
    const bytes = [...new TextEncoder().encode(value as string)];
    return [...varint(bytes.length), ...bytes];
  }
  if (kind === "list") {
    const { of, items } = value as Listed;
    const head = items.length < 15 ? [(items.length << 4) | kinds[of]] : [0xf0 | kinds[of], ...varint(items.length)];
    return [...head, ...items.flatMap((item) => encoded(of, item))];
  }
  return varint((value as number) * 2);
}
function struct(fields: Field[]): number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, kind, value]) => {
    const isFalse = kind === "flag" && !value;
    const [step, code] = [id - last, isFalse ? 2 : kinds[kind]];
    const head = step < 16 ? [(step << 4) | code] : [code, ...varint(id * 2)];
    last = id;
    return kind === "flag" ? head : [...head, ...encoded(kind, value)];
  });
  return [...bytes, 0];
}

interface Column {
  name: string;
  /** 1 for INT32, 2 for INT64, 3 for INT96, 4 for FLOAT, 5 for DOUBLE, 6 for BYTE_ARRAY, 7 for bytes of fixed length. */
  type: number;
  bytes: number[];
  about?: Field[];
  /** Makes the column a struct of that one member. */
  member?: string;
}
const int64 = (value: bigint) => [...new Uint8Array(new BigInt64Array([value]).buffer)];
const float = (value: number) => [...new Uint8Array(new Float32Array([value]).buffer)];
const double = (value: number) => [...new Uint8Array(new Float64Array([value]).buffer)];
const int32 = (value: number) => [...new Uint8Array(new Int32Array([value]).buffer)];

function parquet(columns: Column[]): Uint8Array {
  const file = [...new TextEncoder().encode("PAR1")];
  const chunks = columns.map(({ name, type, bytes, member }) => {
    const at = file.length;
    const page: Field[] = [
      [1, "i32", 0],
      [2, "i32", bytes.length],
      [3, "i32", bytes.length],
      [5, "struct", [1, 0, 3, 3].map((value, place) => [place + 1, "i32", value])],
    ];
    file.push(...struct(page), ...bytes);
    const length = file.length - at;
    const about: Field[] = [
      [1, "i32", type],
      [2, "list", { of: "i32", items: [0] }],
      [3, "list", { of: "text", items: member ? [name, member] : [name] }],
      [4, "i32", 0],
      [5, "i64", 1],
      [6, "i64", length],
      [7, "i64", length],
      [9, "i64", at],
    ];
    return [[2, "i64", at], [3, "struct", about]]; // biome-ignore format: a pair
  });
  const elements = columns.flatMap(({ name, type, bytes, about = [], member }): Field[][] => {
    const leaf: Field[] = [
      [1, "i32", type],
      ...(type === 7 ? [[2, "i32", bytes.length] as Field] : []),
      [3, "i32", 0],
      [4, "text", member ?? name],
    ];
    const group: Field[] = [[3, "i32", 0], [4, "text", name], [5, "i32", 1], ...about]; // biome-ignore format: a row
    return member ? [group, leaf] : [[...leaf, ...about]];
  });
  const root: Field[] = [[4, "text", "root"], [5, "i32", columns.length]]; // biome-ignore format: a pair
  const group: Field[] = [
    [1, "list", { of: "struct", items: chunks }],
    [2, "i64", file.length],
    [3, "i64", 1],
  ];
  const end = struct([
    [1, "i32", 1],
    [2, "list", { of: "struct", items: [root, ...elements] }],
    [3, "i64", 1],
    [4, "list", { of: "struct", items: [group] }],
  ]);
  return new Uint8Array([...file, ...end, ...int32(end.length), ...new TextEncoder().encode("PAR1")]);
}

const decimal = (scale: number): Field[] => [[6, "i32", 5], [7, "i32", scale], [8, "i32", 18]]; // biome-ignore format: a row
const logical = (kind: number): Field[] => [[10, "struct", [[kind, "struct", []]]]];
const stamp = (field: 7 | 8, unit: 1 | 2 | 3, isUtc: boolean): Field[] => [
  [10, "struct", [[field, "struct", [[1, "flag", isUtc], [2, "struct", [[unit, "struct", []]]]]]]],
]; // biome-ignore format: a row

async function firstRow(columns: Column[]): Promise<Record<string, string>> {
  const bytes = parquet(columns);
  const rows = await ParquetRows.open(async (begin, length) => bytes.slice(begin, begin + length), bytes.length);
  const [row = []] = await rows.rows([0]);
  return Object.fromEntries(rows.columns.map((name, place) => [name, row[place] ?? ""]));
}

const instant = BigInt(Date.UTC(2026, 10, 30, 1, 2, 3)) * 1000n + 456_789n;
const midnight = BigInt(Date.UTC(2026, 10, 30)) / 86_400_000n;

/** The right values are those that DuckDB shows (formats 130). */
describe("a Parquet file", () => {
  test("shows decimals, times and time stamps with every digit", async () => {
    const row = await firstRow([
      { name: "dec18", type: 2, bytes: int64(123456789012345678n), about: decimal(2) },
      { name: "decint", type: 2, bytes: int64(10000n), about: decimal(2) },
      { name: "decneg", type: 1, bytes: int32(-5), about: decimal(2) },
      { name: "decfix", type: 7, bytes: [0xff, ...Array(15).fill(0)], about: decimal(4) },
      { name: "decbytes", type: 6, bytes: [2, 0, 0, 0, 0xff, 0x85], about: decimal(1) },
      { name: "time", type: 2, bytes: int64(49_501_234_567n), about: stamp(7, 2, false) },
      { name: "ts", type: 2, bytes: int64(instant), about: stamp(8, 2, false) },
      { name: "tsns", type: 2, bytes: int64(instant * 1000n + 1n), about: stamp(8, 3, true) },
      { name: "old", type: 2, bytes: int64(-500n), about: stamp(8, 1, false) },
      { name: "micros", type: 2, bytes: int64(instant), about: [[6, "i32", 10]] },
      { name: "date", type: 1, bytes: int32(Number(midnight)), about: [[6, "i32", 6]] },
      { name: "date2", type: 1, bytes: int32(-141_427), about: [[6, "i32", 6]] },
      { name: "int96", type: 3, bytes: [...int64(3_723_000_000_001n), ...int32(2_440_588)] },
      { name: "interval", type: 7, bytes: [...int32(1), ...int32(2), ...int32(3456)], about: [[6, "i32", 21]] },
      { name: "text", type: 6, bytes: [3, 0, 0, 0, 0xc2, 0xb5, 0x41] },
      { name: "blob", type: 6, bytes: [3, 0, 0, 0, 0xaa, 0, 0xbb] },
      { name: "json", type: 6, bytes: [3, 0, 0, 0, 0x5b, 0x31, 0x5d], about: [[6, "i32", 19]] },
    ]);
    expect(row).toEqual({
      dec18: "1234567890123456.78",
      decint: "100.00",
      decneg: "-0.05",
      decfix: `-${(2n ** 120n).toString().slice(0, -4)}.${(2n ** 120n).toString().slice(-4)}`,
      decbytes: "-12.3",
      time: "13:45:01.234567",
      ts: "2026-11-30 01:02:03.456789",
      tsns: "2026-11-30 01:02:03.456789001Z",
      old: "1969-12-31 23:59:59.5",
      micros: "2026-11-30 01:02:03.456789Z",
      date: "2026-11-30",
      date2: "1582-10-15",
      int96: "1970-01-01 01:02:03.000000001",
      interval: "P1M2DT3.456S",
      text: "µA",
      blob: "aa00bb",
      json: "[1]",
    });
  });
  test("shows kinds inside of structs as it does outside, and names a kind that it does not read", async () => {
    const uuid = [0xa0, 0xee, 0xbc, 0x99, 0x9c, 0x0b, 0x4e, 0xf8, 0xbb, 0x6d, 0x6b, 0xb9, 0xbd, 0x38, 0x0a, 0x11];
    const row = await firstRow([
      { name: "uuid", type: 7, bytes: uuid, about: logical(14) },
      { name: "half", type: 7, bytes: [0, 0xc1], about: logical(15) },
      { name: "single", type: 4, bytes: float(0.1) },
      { name: "infinite", type: 4, bytes: float(-Infinity) },
      { name: "inner", type: 4, bytes: float(0.1), member: "x" },
      { name: "nan", type: 5, bytes: double(Number.NaN), member: "x" },
      { name: "variant", type: 6, bytes: [1, 0, 0, 0, 0x41], member: "value", about: logical(16) },
      { name: "unsigned", type: 2, bytes: int64(-1n), about: [[6, "i32", 14]] },
    ]);
    expect(row).toEqual({
      uuid: "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
      half: "-2.5",
      single: "0.1",
      infinite: "-Infinity",
      inner: '{"x":0.1}',
      nan: '{"x":"NaN"}',
      variant: "Not read: values of the kind VARIANT are not known here",
      unsigned: "18446744073709551615",
    });
  });
  test("shows any decimal and any time as the texts that they were made of", () =>
    fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
        fc.integer({ min: 0, max: 17 }),
        fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        fc.integer({ min: 0, max: 999 }),
        async (digits, scale, date, micros) => {
          const stored = BigInt(date.getTime()) * 1000n + BigInt(micros);
          const day = BigInt(date.getTime()) - BigInt(Math.floor(date.getTime() / 86_400_000)) * 86_400_000n;
          const row = await firstRow([
            { name: "decimal", type: 2, bytes: int64(digits), about: decimal(scale) },
            { name: "time", type: 2, bytes: int64(day * 1000n + BigInt(micros)), about: stamp(7, 2, false) },
            { name: "stamp", type: 2, bytes: int64(stored), about: stamp(8, 2, true) },
          ]);
          expect(BigInt(`${row.decimal}`.replace(".", ""))).toBe(digits);
          expect(row.decimal?.split(".")[1]?.length ?? 0).toBe(scale);
          const [, time] = (date.toISOString().match(/T(.*)Z$/) ?? []) as string[];
          const fraction = `${time}${String(micros).padStart(3, "0")}`.replace(/0+$/, "").replace(/\.$/, "");
          const said = row.time?.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "");
          expect(said).toBe(fraction.length < 8 ? `${time}`.slice(0, 8) : fraction);
          expect(row.stamp?.replace(/(\.\d*?)0*Z$/, "$1").replace(/\.$/, "")).toBe(
            `${date.toISOString().slice(0, 10)} ${said}`,
          );
        },
      ),
      { seed: Number(process.env.HUTCH_FUZZ_SEED ?? 1), numRuns: Number(process.env.HUTCH_FUZZ_VARIANTS ?? 400) / 4 },
    ));
  test("with a column that cannot be read shows the others", async () => {
    const row = await firstRow([
      { name: "good", type: 1, bytes: int32(7) },
      { name: "bad", type: 2, bytes: [1, 2] },
    ]);
    expect(row.good).toBe("7");
    expect(row.bad).toMatch(/^Not read: /);
  });
});
