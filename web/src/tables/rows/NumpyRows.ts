import { tables as t } from "../../messages/en";
import { formatCount } from "../../text/format";
import { single } from "./parquetValues";
import { cut, maxColumns, NotATable, noteOfColumns, type Read, type RowSource } from "./source";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]; // \x93NUMPY
const maxHeaderBytes = 1 << 20;
const pieceBytes = 4 << 20;
/** A larger file is not sorted, searched or plotted: a column needs all of it. */
const maxColumnBytes = 256 << 20;
/** Rows that are shown together are near each other; further ones are read apart. */
const maxGapBytes = 1 << 20;

type Decode = (view: DataView, at: number) => string;

interface Field {
  name: string;
  /** Its place in a row. */
  at: number;
  decode: Decode;
}

/**
 * The records of a structured array of NumPy (NEP 1; versions 1 to 3 of the header), such as the `.cs` files of cryoSPARC. A field with
 * several values is a column for each.
 */
export class NumpyRows implements RowSource {
  readonly columns: string[];
  readonly note: string | undefined;

  private constructor(
    readonly read: Read,
    readonly fields: Field[],
    readonly begin: number,
    readonly rowBytes: number,
    readonly count: number,
  ) {
    this.note = noteOfColumns(fields.length);
    fields.length = Math.min(fields.length, maxColumns);
    this.columns = fields.map(({ name }) => name);
  }

  static async open(read: Read, size: number): Promise<NumpyRows> {
    const start = await read(0, Math.min(size, 12));
    if (!magic.every((byte, place) => start[place] === byte)) throw new NotATable();
    const isLong = (start[6] as number) > 1;
    const view = new DataView(start.buffer, start.byteOffset, start.length);
    if (start.length < 12 || (start[6] as number) > 3) throw new NotATable(t.damagedNumpy);
    const [at, length] = isLong ? [12, view.getUint32(8, true)] : [10, view.getUint16(8, true)];
    if (length > maxHeaderBytes || at + length > size) throw new NotATable(t.damagedNumpy);
    const header = new TextDecoder(start[6] === 3 ? "utf-8" : "latin1").decode(await read(at, length));
    const { fields, rowBytes, count } = partsOf(header);
    if (at + length + rowBytes * count !== size) throw new NotATable(t.damagedNumpy);
    return new NumpyRows(read, fields, at + length, rowBytes, count);
  }

  async rows(numbers: number[], isWhole = false): Promise<string[][]> {
    const found: string[][] = [];
    for (let first = 0; first < numbers.length; ) {
      let [least, most, end] = [numbers[first] as number, numbers[first] as number, first + 1];
      for (; end < numbers.length; end++) {
        const number = numbers[end] as number;
        const [low, high] = [Math.min(least, number), Math.max(most, number)];
        if ((high - low - (most - least)) * this.rowBytes > maxGapBytes || (high - low) * this.rowBytes > pieceBytes)
          break;
        [least, most] = [low, high];
      }
      const view = await this.#view(least, most + 1);
      for (; first < end; first++) {
        const row = ((numbers[first] as number) - least) * this.rowBytes;
        found.push(this.fields.map(({ at, decode }) => cut(decode(view, row + at), isWhole)));
      }
    }
    return found;
  }

  async column(place: number): Promise<string[]> {
    if (this.rowBytes * this.count > maxColumnBytes)
      throw new Error(t.columnsOfLongerFilesAreNot(formatCount(maxColumnBytes >> 20)));
    const { at, decode } = this.fields[place] as Field;
    const texts: string[] = [];
    const step = Math.max(1, Math.floor(pieceBytes / this.rowBytes));
    for (let first = 0; first < this.count; first += step) {
      const end = Math.min(this.count, first + step);
      const view = await this.#view(first, end);
      for (let row = 0; row < end - first; row++) texts.push(decode(view, row * this.rowBytes + at));
    }
    return texts;
  }

  async #view(first: number, end: number): Promise<DataView> {
    const bytes = await this.read(this.begin + first * this.rowBytes, (end - first) * this.rowBytes);
    if (bytes.length < (end - first) * this.rowBytes) throw new Error(t.damagedNumpy);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

/** The fields of a header, which is a literal of Python; refuses an array without fields, and types that are no values. */
function partsOf(header: string): { fields: Field[]; rowBytes: number; count: number } {
  const count = /'shape':\s*\((\d+),\s*\)/.exec(header)?.[1];
  const list = /'descr':\s*\[(.*)\],\s*'fortran_order'/s.exec(header)?.[1];
  if (count === undefined || list === undefined) throw new NotATable(t.thisArrayHasNoColumns);
  const fields: Field[] = [];
  const item = /\s*\(\s*'((?:[^'\\]|\\.)*)',\s*'([^']+)'(?:,\s*\(([\d,\s]+)\))?\s*\)\s*,?/y;
  let rowBytes = 0;
  for (item.lastIndex = 0; item.lastIndex < list.length; ) {
    const found = item.exec(list);
    if (!found) throw new NotATable(t.thisArrayHasOtherColumns);
    const [, name = "", type = "", shape] = found;
    const { bytes, decode } = typeOf(type);
    const sizes = shape?.split(",").flatMap((each) => (each.trim() === "" ? [] : [Number(each)])) ?? [];
    const values = sizes.reduce((all, each) => all * each, 1);
    if (fields.length + values > 65_536) throw new NotATable(t.thisArrayHasOtherColumns);
    for (let value = 0; value < values; value++, rowBytes += bytes)
      if (name !== "") fields.push({ name: name + indexOf(value, sizes), at: rowBytes, decode });
  }
  if (rowBytes === 0) throw new NotATable(t.thisArrayHasNoColumns);
  return { fields, rowBytes, count: Number(count) };
}

/** `[1,2]` of a value within a field, in C order; nothing for a field of one value. */
function indexOf(value: number, sizes: number[]): string {
  if (sizes.length === 0) return "";
  const places: number[] = [];
  for (const size of [...sizes].reverse()) {
    places.unshift(value % size);
    value = Math.floor(value / size);
  }
  return `[${places.join(",")}]`;
}

function typeOf(type: string): { bytes: number; decode: Decode } {
  const [, order = "|", kind = "", digits = ""] = /^([<>|=])([?biufSUV])(\d*)$/.exec(type) ?? [];
  const size = Number(digits || 1);
  const little = order !== ">";
  if (kind === "V") return { bytes: size, decode: () => "" };
  if (kind === "S") return { bytes: size, decode: (view, at) => textOf(view, at, size) };
  if (kind === "U") return { bytes: 4 * size, decode: (view, at) => pointsOf(view, at, size, little) };
  const decode = numbers[`${kind}${size}`];
  if (!decode) throw new NotATable(t.thisArrayHasOtherColumns);
  return { bytes: size, decode: (view, at) => decode(view, at, little) };
}

const numbers: Record<string, (view: DataView, at: number, little: boolean) => string> = {
  "?1": (view, at) => (view.getUint8(at) === 0 ? "false" : "true"),
  b1: (view, at) => (view.getUint8(at) === 0 ? "false" : "true"),
  i1: (view, at) => String(view.getInt8(at)),
  i2: (view, at, little) => String(view.getInt16(at, little)),
  i4: (view, at, little) => String(view.getInt32(at, little)),
  i8: (view, at, little) => String(view.getBigInt64(at, little)),
  u1: (view, at) => String(view.getUint8(at)),
  u2: (view, at, little) => String(view.getUint16(at, little)),
  u4: (view, at, little) => String(view.getUint32(at, little)),
  u8: (view, at, little) => String(view.getBigUint64(at, little)),
  f4: (view, at, little) => numberText(single(view.getFloat32(at, little))),
  f8: (view, at, little) => numberText(view.getFloat64(at, little)),
};

const numberText = (value: number) => (Number.isNaN(value) ? "nan" : Object.is(value, -0) ? "-0" : String(value));

/** A text of NumPy ends before its last zeros. */
function textOf(view: DataView, at: number, size: number): string {
  let end = size;
  while (end > 0 && view.getUint8(at + end - 1) === 0) end--;
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at, end));
}

function pointsOf(view: DataView, at: number, size: number, little: boolean): string {
  const points = Array.from({ length: size }, (_, place) => view.getUint32(at + 4 * place, little));
  while (points.at(-1) === 0) points.pop();
  return points.map((point) => (point > 0x10ffff ? "\ufffd" : String.fromCodePoint(point))).join("");
}
