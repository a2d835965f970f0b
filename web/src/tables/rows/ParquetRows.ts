import {
  type AsyncBuffer,
  type ColumnMetaData,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type SchemaTree,
} from "hyparquet";
import { decompressZstd, compressors as unpackers } from "hyparquet-compressors";
import { tables as t } from "../../messages/en";
import { formatCount } from "../../text/format";
import { asStored, hasTexts, hexOf, parsers, withTexts } from "./parquetValues";
import { cut, maxColumns, NotATable, noteOfColumns, type Read, type RowSource } from "./source";

/** A group of rows has to be unpacked as a whole; a larger one may be a bomb. */
const maxGroupBytes = 512 << 20;
const maxMetadataBytes = 16 << 20;
/** What a page says it unpacks to; writers make pages of about 1 MB. */
const maxPageBytes = 128 << 20;
/** What all pages of one reading unpack to. */
const maxUnpackedBytes = 512 << 20;
/** Rows of a group, all of whose values are texts or numbers of the browser at once. */
const maxGroupRows = 20_000_000;
/** Of fewer values all are kept, so that sorted rows need no reading here and there. */
const mostKept = 2_000_000;
/** A column of more rows is not sorted, searched or plotted. */
const maxColumnRows = 5_000_000;

/** A Parquet file, of which the rows and columns that are wanted are read. */
export class ParquetRows implements RowSource {
  #all: Promise<Record<string, unknown>[]> | undefined;
  /** Columns whose values become texts here. */
  readonly #texts: Map<string, SchemaTree>;
  readonly #stored: FileMetaData;

  private constructor(
    readonly file: AsyncBuffer,
    readonly metadata: FileMetaData,
    readonly columns: string[],
    readonly count: number,
    readonly note: string | undefined,
  ) {
    const trees = parquetSchema(metadata).children;
    this.#texts = new Map(trees.filter(hasTexts).map((tree) => [tree.element.name, tree]));
    this.#stored = { ...metadata, schema: metadata.schema.map(asStored) };
  }

  static async open(read: Read, size: number): Promise<ParquetRows> {
    const file: AsyncBuffer = {
      byteLength: size,
      slice: async (begin, end = size) => {
        const bytes = await read(begin, end - begin);
        return bytes.slice().buffer as ArrayBuffer;
      },
    };
    const tail = new Uint8Array(await file.slice(Math.max(0, size - 8), size));
    if (tail.length < 8 || String.fromCharCode(...tail.subarray(4)) !== "PAR1")
      throw new NotATable(t.thisIsNoParquetFileOr);
    if (new DataView(tail.buffer).getUint32(0, true) > Math.min(maxMetadataBytes, size - 8))
      throw new NotATable(t.thisParquetFileIsDamagedIts);
    const metadata = await parquetMetadataAsync(file).catch((error: unknown) => {
      throw new NotATable(t.theDescriptionOfThisParquetFile(words(error)));
    });
    const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
    const count = Number(metadata.num_rows);
    if (!Number.isSafeInteger(count) || count < 0 || columns.length === 0)
      throw new NotATable(t.thisParquetFileHasNoTable);
    return new ParquetRows(file, metadata, columns.slice(0, maxColumns), count, noteOfColumns(columns.length));
  }

  async rows(numbers: number[], isWhole = false): Promise<string[][]> {
    if (this.#isSmall) {
      const all = await this.#whole();
      return numbers.map((number) => this.columns.map((name) => cut(this.#textOf(name, all[number]?.[name]), isWhole)));
    }
    const [first, last] = [Math.min(...numbers), Math.max(...numbers)];
    // Rows that were sorted lie anywhere: those next to each other are read at once.
    const isNear = last - first < 4 * numbers.length;
    const runs = isNear ? [[first, last] as const] : numbers.map((number) => [number, number] as const);
    const found = new Map<number, string[]>();
    for (const [begin, end] of runs) {
      const read = await this.#read(this.columns, begin, end + 1);
      read.forEach((row, place) => {
        found.set(
          begin + place,
          this.columns.map((name) => cut(this.#textOf(name, row[name]), isWhole)),
        );
      });
    }
    return numbers.map((number) => found.get(number) ?? []);
  }

  async column(place: number): Promise<string[]> {
    if (this.count > maxColumnRows) throw new Error(t.columnsOfMoreThanRowsAre(formatCount(maxColumnRows)));
    const name = this.columns[place] as string;
    const rows = this.#isSmall ? await this.#whole() : await this.#read([name], 0, this.count);
    return rows.map((row) => this.#textOf(name, row[name]));
  }

  #textOf(column: string, value: unknown): string {
    const tree = this.#texts.get(column);
    return textOf(tree ? withTexts(tree, value) : value);
  }

  get #isSmall(): boolean {
    return this.count * this.columns.length <= mostKept;
  }

  #whole(): Promise<Record<string, unknown>[]> {
    this.#all ??= this.#read(this.columns, 0, this.count);
    return this.#all;
  }

  async #read(columns: string[], rowStart: number, rowEnd: number): Promise<Record<string, unknown>[]> {
    const wanted = new Set(columns);
    let begin = 0;
    for (const group of this.metadata.row_groups) {
      const end = begin + Number(group.num_rows);
      const bytes = group.columns
        .filter(({ meta_data }) => wanted.has(meta_data?.path_in_schema[0] ?? ""))
        .reduce((sum, { meta_data: about }) => sum + Math.max(...sizesOf(about)), 0);
      if (begin < rowEnd && end > rowStart && (bytes > maxGroupBytes || end - begin > maxGroupRows))
        throw new Error(t.aGroupOfRowsOfThis);
      begin = end;
    }
    const take = (names: string[]): Promise<Record<string, unknown>[]> =>
      parquetReadObjects({
        file: this.file,
        metadata: this.#stored,
        columns: names,
        rowStart,
        rowEnd,
        compressors: bounded(),
        parsers,
        utf8: false,
      });
    return take(columns).catch((error: unknown) => this.#oneByOne(columns, take, error));
  }

  /** Reads each column by itself: an unreadable one shows the reason in its cells, and the others are read. */
  async #oneByOne(
    columns: string[],
    take: (names: string[]) => Promise<Record<string, unknown>[]>,
    why: unknown,
  ): Promise<Record<string, unknown>[]> {
    const rows: Record<string, unknown>[] = [];
    const unread = new Map<string, string>();
    for (const name of columns) {
      const values = await take([name]).catch((error: unknown) => {
        unread.set(name, t.notReadBecause(words(error)));
        return [];
      });
      values.forEach((row, place) => {
        rows[place] = Object.assign(rows[place] ?? {}, row);
      });
    }
    if (unread.size === columns.length) throw new Error(t.theRowsOfThisParquetFile(words(why)));
    return rows.map((row) => Object.assign(row, Object.fromEntries(unread)));
  }
}

/** Unpacks pages as long as they are what they say, and not too much together. */
function bounded(): Compressors {
  let left = maxUnpackedBytes;
  return Object.fromEntries(
    Object.entries({ ...unpackers, ZSTD: unpackZstd }).map(([codec, unpack]) => [
      codec,
      (packed: Uint8Array, length: number) => {
        left -= length;
        if (!(length >= 0 && length <= maxPageBytes && left >= 0)) throw new Error(t.itUnpacksToMoreThanA);
        if (codec === "SNAPPY" && lengthInSnappy(packed) !== length) throw new Error(t.aPageUnpacksToMoreThan);
        return unpack(packed, length);
      },
    ]),
  );
}

/** What the head of Snappy's own says: its decoder makes as much room, which ended the whole page of the browser. */
function lengthInSnappy(packed: Uint8Array): number {
  let length = 0;
  for (let place = 0; place < 5; place++) {
    const byte = packed[place] ?? 0;
    length += (byte & 0x7f) * 2 ** (7 * place);
    if (byte < 0x80) break;
  }
  return length;
}

/**
 * Unpacks a page into a buffer of the length that the file says: without one, the decoder allocates what the packed bytes say. It compares the
 * buffer with a number, for which JavaScript would print all its bytes; the primitive value avoids this (6 s for 128 MB).
 */
const unpackZstd = (packed: Uint8Array, length: number) =>
  decompressZstd(packed, Object.assign(new Uint8Array(length), { [Symbol.toPrimitive]: () => Number.NaN }));

/** What a column of a group says that it takes: as it lies in the file, which is read at once, and unpacked. */
const sizesOf = (about: ColumnMetaData | undefined) =>
  [about?.total_compressed_size, about?.total_uncompressed_size].map((bytes) => Number(bytes ?? 0));

function textOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "string") return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
  if (value instanceof Uint8Array) return hexOf(value);
  if (typeof value !== "object") return String(value);
  // JSON has neither integers of 64 bits nor NaN and infinity: it would say null.
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "bigint" || (typeof each === "number" && !Number.isFinite(each)) ? String(each) : each,
  );
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
