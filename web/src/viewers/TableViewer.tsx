import { Alert } from "@mantine/core";
import { TextTable } from "../components/TextTable";
import { formatCount } from "../text/format";
import { Decline, TextStart } from "./TextStart";
import { parseCsv, parseLines } from "./table";
import type { ViewerProps } from "./viewer";

const maxBytes = 2 * 1024 * 1024;
const maxRows = 20_000;

/** CSV, TSV and JSON lines. */
export default function TableViewer(file: ViewerProps) {
  const isLines =
    /\.(jsonl|ndjson)$/i.test(file.name) ||
    (!/\.(csv|tsv)$/i.test(file.name) && /json/i.test(file.entry.contentType ?? ""));
  return (
    <TextStart file={file} maxBytes={maxBytes}>
      {(text, isCut) => {
        const table = isLines ? parseLines(text, isCut, maxRows) : parseCsv(text, isCut, maxRows);
        if (!table) return <Decline file={file} reason="The lines of this file are not JSON." />;
        if (table.columns.length === 0) return <Decline file={file} />;
        return (
          <>
            {table.rows.length === maxRows && (
              <Alert variant="light" py="xs">
                Showing the first {formatCount(maxRows)} rows.
              </Alert>
            )}
            <TextTable table={table} label="Content as a table" />
          </>
        );
      }}
    </TextStart>
  );
}
