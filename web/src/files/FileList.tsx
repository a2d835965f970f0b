import { Box, Text } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useNavigationType } from "react-router";
import { FileIcon, FolderIcon, LinkIcon } from "../components/icons";
import { Name } from "../components/Name";
import { keepPlace, keptPlace } from "../components/places";
import { useRows } from "../grid/useRows";
import { files as t } from "../messages/en";
import { formatBytes, formatRelative, formatTime, fromNanoseconds } from "../text/format";
import { mayHavePicture } from "../thumbnails/names";
import { Thumbnail } from "../thumbnails/Thumbnail";
import classes from "./FileList.module.css";
import type { Folder, Listing } from "./listing";
import type { Row, SubdatasetOf } from "./rows";
import type { Selection } from "./selection";
import type { Subdataset } from "./subdatasets";

const rowHeight = 36;
const pictureSize = 28;
const maxViewRows = 16;
const headHeight = 38;

interface FileListProps {
  listing: Listing;
  label: string;
  onOpen: (row: Row) => void;
  onUp: () => void;
  /** URL of a row, for a new tab. */
  hrefOf: (row: Row) => string;
  subdatasetOf: SubdatasetOf;
  /** The rows in display order, once all are loaded. */
  sorted: Row[] | undefined;
  header: ReactNode;
  selection: Selection;
}

/** A folder of any size; only the visible rows are rendered. Arrow keys move, Enter opens, Space selects, Backspace goes up. */
export function FileList({
  listing,
  label,
  onOpen,
  onUp,
  hrefOf,
  subdatasetOf,
  sorted,
  header,
  selection,
}: FileListProps) {
  const { key } = useLocation();
  const isBack = useNavigationType() === "POP";
  const kept = (name: string) => (isBack ? (keptPlace(key, name) ?? 0) : 0);
  const [active, setActive] = useState(() => kept("file"));
  const { count } = listing;
  const rows = useRows({
    count,
    rowHeight,
    head: headHeight,
    start: kept("files"),
    onPlace: (place) => keepPlace(key, "files", place),
  });
  const { part } = listing.folder;
  const filteredBy = useRef(part);
  const { toTop } = rows;
  useEffect(() => {
    if (filteredBy.current === part) return;
    filteredBy.current = part;
    setActive(0);
    toTop();
  }, [part, toTop]);
  useEffect(() => keepPlace(key, "file", active), [key, active]);
  useEffect(() => listing.want(rows.first, Math.max(rows.last, rows.lastWanted)));

  const rowAt = (index: number) => (sorted ? sorted[index] : listing.get(index));
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + rows.page,
      PageUp: active - rows.page,
      Home: 0,
      End: count - 1,
    };
    const target = steps[event.key];
    if (target !== undefined) {
      const index = Math.min(Math.max(0, target), count - 1);
      setActive(index);
      rows.show(index);
    } else if (event.target !== event.currentTarget) {
      return;
    } else if (event.key === "Enter") {
      const row = rowAt(active);
      if (row) onOpen(row);
    } else if (event.key === " ") {
      selection.touch(active, event.shiftKey, rowAt);
    } else if (event.key === "Backspace") {
      onUp();
    } else {
      return;
    }
    event.preventDefault();
  };

  const now = useMemo(() => new Date(), []);
  const drawn: ReactNode[] = [];
  for (let index = rows.first; index <= rows.last; index++) {
    const row = rowAt(index);
    drawn.push(
      <div
        key={index}
        id={`row-${index}`}
        role="row"
        tabIndex={-1}
        aria-rowindex={index + 2}
        aria-selected={row ? selection.has(row) : false}
        data-active={index === active || undefined}
        className={classes.row}
        style={{ top: rows.topOf(index) }}
      >
        {row ? (
          <RowCells
            row={row}
            folder={listing.folder}
            href={hrefOf(row)}
            subdataset={subdatasetOf(row)}
            now={now}
            onOpen={() => onOpen(row)}
            isSelected={selection.has(row)}
            onSelect={(isRange) => selection.touch(index, isRange, rowAt)}
          />
        ) : (
          <div role="gridcell" className={classes.wait} aria-label={t.loading} />
        )}
      </div>,
    );
  }

  return (
    <div
      ref={rows.scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={listing.isComplete ? count + 1 : -1}
      aria-colcount={4}
      aria-multiselectable
      aria-activedescendant={count > 0 ? `row-${active}` : undefined}
      className={classes.scroller}
      style={{ height: headHeight + Math.min(Math.max(count, 1), maxViewRows) * rowHeight }}
      tabIndex={0}
      onKeyDown={onKeyDown}
      data-testid="file-scroller"
    >
      {header}
      <div style={{ height: rows.height }} className={classes.canvas} role="rowgroup">
        {drawn}
      </div>
    </div>
  );
}

interface RowCellsProps {
  row: Row;
  folder: Folder;
  href: string;
  subdataset: Subdataset | undefined;
  now: Date;
  onOpen: () => void;
  isSelected: boolean;
  onSelect: (isRange: boolean) => void;
}

function RowCells({ row, folder, href, subdataset, now, onOpen, isSelected, onSelect }: RowCellsProps) {
  const modified = row.entry?.modified ? fromNanoseconds(row.entry.modified) : undefined;
  return (
    <>
      <div role="gridcell" className={classes.check}>
        <input
          type="checkbox"
          tabIndex={-1}
          aria-label={t.select(row.name)}
          checked={isSelected}
          onChange={(event) => onSelect((event.nativeEvent as MouseEvent).shiftKey === true)}
        />
      </div>
      <div role="gridcell" className={classes.name}>
        <Box className={row.entry ? classes.icon : classes.folder}>
          {row.entry ? (
            row.entry.kind === "link" ? (
              <LinkIcon />
            ) : row.entry.kind === "directory" ? (
              <FolderIcon />
            ) : mayHavePicture(row.path) ? (
              <Thumbnail
                dataset={folder.dataset}
                path={row.path}
                at={folder.at}
                hash={row.entry.hash ?? undefined}
                size={pictureSize}
              >
                <FileIcon />
              </Thumbnail>
            ) : (
              <FileIcon />
            )
          ) : (
            <FolderIcon />
          )}
        </Box>
        <a
          href={href}
          tabIndex={-1}
          className={classes.link}
          onClick={(event) => {
            if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
            event.preventDefault();
            onOpen();
          }}
        >
          <Name>{row.name}</Name>
        </a>
        {subdataset && (
          <Text span size="xs" c="dimmed" className={classes.target}>
            {subdataset.missing ? t.aMissingDataset(subdataset.missing.slice(0, 10)) : t.aDatasetOfItsOwn}
          </Text>
        )}
        {row.entry?.kind === "link" && (
          <Text span size="xs" c="dimmed" className={classes.target}>
            → <Name>{row.entry.target ?? ""}</Name>
          </Text>
        )}
      </div>
      <div role="gridcell" className={classes.size}>
        {row.entry?.kind === "file" ? formatBytes(row.entry.size) : ""}
      </div>
      <div role="gridcell" className={classes.time} title={modified && formatTime(modified)}>
        {modified ? formatRelative(modified, now) : ""}
      </div>
    </>
  );
}
