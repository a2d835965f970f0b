import { tables as t } from "../messages/en";
import { isNumeric, numberOf } from "../text/numeric";
import { ping, pong } from "../work/pulse";
import type { FromWorker, Opened, Points, Question, Rows, ToWorker } from "./messages";
import { csvOf } from "./rows/csv";
import { openTables } from "./rows/openTables";
import { NotATable, type Read, type RowSource, type Tables } from "./rows/source";
import { orderOf, thin } from "./rows/view";

declare const self: DedicatedWorkerGlobalScope;

/** Texts of so many columns are kept. */
const keptColumns = 4;

const reads = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();
const columns = new Map<number, string[]>();
let tables: Tables | undefined;
let source: RowSource | undefined;
let order: Uint32Array | undefined;
let readIds = 0;

const say = (message: FromWorker) => self.postMessage(message);

/** The page reads the file: it knows how to log in again. */
const read: Read = (begin, length) =>
  new Promise((resolve, reject) => {
    const id = ++readIds;
    reads.set(id, { resolve, reject });
    say({ read: id, begin, length });
  });

self.onmessage = async ({ data }: MessageEvent<ToWorker | typeof ping>) => {
  if (data === ping) {
    self.postMessage(pong);
    return;
  }
  if ("read" in data) {
    const waiting = reads.get(data.read);
    reads.delete(data.read);
    if (data.bytes) waiting?.resolve(data.bytes);
    else waiting?.reject(new Error(data.error));
    return;
  }
  try {
    say({ id: data.id, answer: await answer(data.question) });
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    say({ id: data.id, error: words, isNoTable: error instanceof NotATable });
  }
};

async function answer(question: Question): Promise<Opened | number | Rows | Points | Blob> {
  if (question.kind === "open") {
    tables = await openTables(read, question.size, question.format, (progress) => say({ progress }));
    return choose(tables, question.table);
  }
  if (!tables || !source) throw new Error(t.theTableIsNotOpen);
  if (question.kind === "choose") return choose(tables, question.place);
  if (question.kind === "view") {
    const { sort, filters } = question.view;
    const wanted = await Promise.all(
      Object.entries(filters).map(async ([place, filter]) => ({ texts: await column(Number(place)), filter })),
    );
    const by = sort && { texts: await column(sort.column), isDown: sort.isDown };
    order = wanted.length > 0 || by ? orderOf(source.count, wanted, by) : undefined;
    return order?.length ?? source.count;
  }
  if (question.kind === "rows") {
    const numbers = Array.from({ length: Math.max(0, question.end - question.begin) }, (_, at) => {
      const place = question.begin + at;
      return order ? (order[place] as number) : place;
    });
    return { numbers, rows: numbers.length === 0 ? [] : await source.rows(numbers) };
  }
  if (question.kind === "save") return csvOf(source, order);
  const texts = await column(question.y);
  const chosen = order ?? Uint32Array.from(texts.keys());
  const ys = Float64Array.from(chosen, (number) => numberOf(texts[number] ?? ""));
  const across = question.x === undefined ? undefined : await column(question.x);
  const xs = Float64Array.from(chosen, (number) => (across ? numberOf(across[number] ?? "") : number + 1));
  return thin(xs, ys, question.most);
}

/** Chooses one of the tables of the file; a place that it does not have is the first. */
async function choose({ titles, open }: Tables, place: number): Promise<Opened> {
  const chosen = place < titles.length ? place : 0;
  const found = open(chosen);
  source = found;
  order = undefined;
  columns.clear();
  const sample = await found.rows(Array.from({ length: Math.min(200, found.count) }, (_, number) => number));
  return {
    columns: found.columns,
    isNumeric: found.columns.map((_, place) => isNumeric(sample.map((row) => row[place] ?? ""))),
    count: found.count,
    note: found.note,
    remark: found.remark,
    titles,
    table: chosen,
  };
}

async function column(place: number): Promise<string[]> {
  const known = columns.get(place);
  if (known) return known;
  const texts = await (source as RowSource).column(place);
  const [oldest] = columns.keys();
  if (columns.size >= keptColumns && oldest !== undefined) columns.delete(oldest);
  columns.set(place, texts);
  return texts;
}
