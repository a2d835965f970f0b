import { Alert, Button, Group, Progress, Select, Spoiler, Stack, Text, TextInput } from "@mantine/core";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { useListState } from "../components/useListState";
import { Choice } from "../frames/Choice";
import { tables as t } from "../messages/en";
import { SaveTable } from "../saving/SaveTable";
import { formatCount, plural } from "../text/format";
import { sortAfter, type TableAddress, usualTable, viewOf } from "./address";
import type { Opened } from "./messages";
import { RowGrid } from "./RowGrid";
import type { Format } from "./rows/source";
import { NoTable, Table } from "./Table";

const ColumnPlot = lazy(() => import("./ColumnPlot"));
/** What is typed is looked for after so long. */
const typedMs = 300;

interface Props {
  /** Of the file. */
  name: string;
  format: Format;
  size: number;
  /** Must stay the same for the same file. */
  read: (begin: number, length: number, signal: AbortSignal) => Promise<Uint8Array>;
  decline: (reason?: string) => void;
}

/** A table of any length: sorted, searched, plotted. */
export default function TableContent({ name, format, size, read, decline }: Props) {
  const [opened, setOpened] = useState<{ table: Table; about: Opened }>();
  const [progress, setProgress] = useState(0);
  const [error, setError] = useState<unknown>();
  const [address, change] = useListState(usualTable);
  const place = /^[1-9]\d{0,4}$/.test(address.table) ? Number(address.table) - 1 : 0;
  const first = useRef(place);
  useEffect(() => {
    const table = new Table(read, setProgress);
    let isClosed = false;
    table.open(format, size, first.current).then(
      (about) => setOpened({ table, about }),
      (reason: unknown) => {
        if (isClosed) return;
        if (reason instanceof NoTable) decline(reason.message || undefined);
        else setError(reason);
      },
    );
    return () => {
      isClosed = true;
      setOpened(undefined);
      table.close();
    };
  }, [format, size, read, decline]);
  useEffect(() => {
    if (!opened) return;
    const { table, about } = opened;
    const wanted = place < about.titles.length ? place : 0;
    if (wanted !== about.table) table.choose(wanted).then((chosen) => setOpened({ table, about: chosen }), setError);
  }, [opened, place]);
  if (error) return <ProblemAlert error={error} title={t.couldNotReadTheTable} />;
  if (!opened)
    return (
      <>
        <Loading label={t.loadingTheTable} />
        {progress > 0 && <Progress size="xs" value={progress * 100} aria-label={t.loadingTheTable} />}
      </>
    );
  const { table, about } = opened;
  return (
    <Stack gap="xs">
      {about.titles.length > 1 && (
        <TableChoice about={about} onChange={(wanted) => change({ ...usualTable, table: wanted })} />
      )}
      <OfTable key={about.table} table={table} about={about} name={name} />
    </Stack>
  );
}

/** One of the tables of a file: a scan of SPEC, a loop of STAR. */
function TableChoice({ about, onChange }: { about: Opened; onChange: (place: string) => void }) {
  return (
    <Select
      label={t.tableOfTheFile}
      size="xs"
      maw={480}
      searchable
      allowDeselect={false}
      limit={200}
      data={about.titles.map((title, place) => ({ value: String(place + 1), label: title || t.table(place + 1) }))}
      value={String(about.table + 1)}
      onChange={(chosen) => chosen !== null && onChange(chosen)}
    />
  );
}

function OfTable({ table, about, name }: { table: Table; about: Opened; name: string }) {
  const [address, change] = useListState(usualTable);
  const { sort, column, contains } = address;
  const columns = about.columns.length;
  const view = useMemo(() => viewOf({ sort, column, contains }, columns), [sort, column, contains, columns]);
  const [seen, setSeen] = useState({ count: about.count, version: 0 });
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let isCurrent = true;
    setBusy(true);
    table
      .view(view)
      .then(
        (count) => {
          if (!isCurrent) return;
          setError(undefined);
          setSeen(({ version }) => ({ count, version: version + 1 }));
        },
        (reason: unknown) => isCurrent && setError(reason),
      )
      .finally(() => isCurrent && setBusy(false));
    return () => {
      isCurrent = false;
    };
  }, [table, view]);
  const onSort = useCallback((by: number) => change({ sort: sortAfter(sort, by) }), [change, sort]);
  const isFiltered = Object.keys(view.filters).length > 0;
  return (
    <Stack gap="xs">
      {about.note && (
        <Alert variant="light" py="xs">
          {t.downloadTheFileToSeeAll(about.note)}
        </Alert>
      )}
      {about.remark && (
        <Spoiler maxHeight={120} showLabel={t.showAll} hideLabel={t.showLess}>
          <Text size="sm" c="dimmed" data-testid="table-remark" style={{ whiteSpace: "pre-wrap" }}>
            {about.remark}
          </Text>
        </Spoiler>
      )}
      <Group justify="space-between" align="end" gap="xs">
        <Filter about={about} address={address} onChange={change} />
        <SaveTable write={() => table.save()} name={name.replace(/\.\w+$/, "")} />
      </Group>
      <PlotChoice table={table} about={about} version={seen.version} />
      <ProblemAlert error={error} title={t.couldNotSortOrSearch} />
      <Text size="sm" role="status" data-testid="table-count">
        {isFiltered
          ? t.of(formatCount(seen.count), plural(about.count, t.countRows))
          : plural(about.count, t.countRows)}
        {isBusy && t.sortingAndSearching}
      </Text>
      <RowGrid table={table} about={about} count={seen.count} version={seen.version} sort={view.sort} onSort={onSort} />
    </Stack>
  );
}

interface FilterProps {
  about: Opened;
  address: TableAddress;
  onChange: (change: Partial<TableAddress>) => void;
}

/** A text, or a comparison, in one column. */
function Filter({ about, address: { column, contains }, onChange }: FilterProps) {
  const [text, setText] = useState(contains);
  useEffect(() => setText(contains), [contains]);
  useEffect(() => {
    const timer = window.setTimeout(() => text !== contains && onChange({ contains: text }), typedMs);
    return () => window.clearTimeout(timer);
  }, [text, contains, onChange]);
  return (
    <Group gap="xs" align="end">
      <Choice
        label={t.filterColumn}
        of={columnsOf(about, 1)}
        value={column}
        onChange={(chosen) => onChange({ column: chosen })}
      />
      <TextInput
        label={t.containsOrCompares}
        size="xs"
        placeholder={t.lysozyme}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </Group>
  );
}

function PlotChoice({ table, about, version }: { table: Table; about: Opened; version: number }) {
  const numeric = columnsOf(about).filter((_, place) => about.isNumeric[place]);
  const [isOpen, setOpen] = useState(false);
  const [x, setX] = useState("row");
  const [y, setY] = useState(numeric[0]?.value ?? "");
  if (numeric.length === 0) return null;
  return (
    <Stack gap="xs">
      <Button size="xs" variant="default" w="fit-content" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t.plotColumns}
      </Button>
      {isOpen && (
        <>
          <Group gap="xs">
            <Choice label={t.plot} of={numeric} value={y} onChange={setY} />
            <Choice label="by" of={[{ value: "row", label: t.rowOfTheFile }, ...numeric]} value={x} onChange={setX} />
          </Group>
          <Suspense fallback={<Loading />}>
            <ColumnPlot
              table={table}
              version={version}
              x={x === "row" ? undefined : Number(x)}
              y={Number(y)}
              names={[x === "row" ? t.rowNumber : (about.columns[Number(x)] ?? ""), about.columns[Number(y)] ?? ""]}
            />
          </Suspense>
        </>
      )}
    </Stack>
  );
}

/** The columns by their places, which begin with `first`. */
function columnsOf({ columns }: Opened, first = 0): { value: string; label: string }[] {
  return columns.map((name, place) => ({
    value: String(place + first),
    label: name === "" ? t.column(place + 1) : name,
  }));
}
