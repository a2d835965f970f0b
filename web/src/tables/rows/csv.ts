import { tables as t } from "../../messages/en";
import { csvLines } from "../../text/csv";
import { formatCount } from "../../text/format";
import type { RowSource } from "./source";

/** More rows are too much for a file that a browser makes. */
export const mostSaved = 1_000_000;
const pageRows = 5000;

/** The rows that are seen as a file, in their order and with all of their texts; undefined: all rows in the order of the file. */
export async function csvOf(source: RowSource, order: Uint32Array | undefined): Promise<Blob> {
  const count = order?.length ?? source.count;
  if (count > mostSaved) throw new Error(t.tooManyToSave(formatCount(mostSaved)));
  const parts = [csvLines([source.columns])];
  for (let begin = 0; begin < count; begin += pageRows) {
    const numbers = Array.from({ length: Math.min(pageRows, count - begin) }, (_, at) =>
      order ? (order[begin + at] as number) : begin + at,
    );
    parts.push(csvLines(await source.rows(numbers, true)));
  }
  return new Blob(parts);
}
