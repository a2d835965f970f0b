import { useMemo } from "react";
import { isNumeric } from "../text/numeric";
import { TextGrid, textRows } from "./TextGrid";
import { useRows } from "./useRows";

const letter = 8.2;
const looked = 200;
const numberWidth = 64;

/** The content of a table. */
export interface TableData {
  columns: string[];
  rows: string[][];
}

interface TextTableProps {
  table: TableData;
  label: string;
  isNumbered?: boolean;
}

/** A table of text, as wide as what it says. */
export function TextTable({ table: { columns, rows: texts }, label, isNumbered = true }: TextTableProps) {
  const rows = useRows({ count: texts.length, ...textRows });
  const widths = useMemo(
    () => columns.map((name, column) => widthOf([name, ...texts.slice(0, looked).map((row) => row[column] ?? "")])),
    [columns, texts],
  );
  const figures = useMemo(
    () => columns.map((_, column) => isNumeric(texts.slice(0, looked).map((row) => row[column] ?? ""))),
    [columns, texts],
  );
  return (
    <TextGrid
      label={label}
      columns={columns}
      widths={widths}
      isNumeric={figures}
      numbers={isNumbered ? numberWidth : 0}
      count={texts.length}
      rows={rows}
      rowAt={(place) => ({ number: String(place + 1), texts: texts[place] ?? [] })}
    />
  );
}

function widthOf(texts: string[]): number {
  const longest = texts.reduce((most, text) => Math.max(most, text.length), 0);
  return Math.min(360, Math.max(70, longest * letter + 24));
}
