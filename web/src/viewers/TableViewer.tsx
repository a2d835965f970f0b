import TableContent from "../tables/TableContent";
import type { ViewerProps } from "./viewer";

/** CSV, TSV, numbers between blanks, SPEC, STAR, JSON lines, Parquet, and structured arrays of NumPy. */
export default function TableViewer({ name, entry, source, decline }: ViewerProps) {
  return (
    <TableContent
      name={name}
      format={formatOf(name, entry.contentType ?? "")}
      size={entry.size ?? 0}
      read={source.read}
      decline={decline}
    />
  );
}

function formatOf(name: string, contentType: string) {
  if (/\.parquet$/i.test(name) || /parquet/i.test(contentType)) return "parquet";
  if (/\.star$/i.test(name)) return "star";
  if (/\.cs$/i.test(name)) return "numpy";
  if (/\.(dat|xye?|chi|xdi|spec?)$/i.test(name)) return "columns";
  if (/\.(jsonl|ndjson)$/i.test(name)) return "lines";
  return !/\.(csv|tsv)$/i.test(name) && /json/i.test(contentType) ? "lines" : "csv";
}
