import { Button, Checkbox, Group, Paper, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { longtext as t } from "../messages/en";
import { decodeText, wideEncoding } from "../text/decodeText";
import { formatCount } from "../text/format";
import type { Read } from "./find";
import classes from "./LongText.module.css";
import { cut, hasLongLine, type Part, partBytes } from "./part";
import { type Found, useFind } from "./useFind";

interface Props {
  /** Tells one content from another. */
  id: string;
  size: number;
  read: Read;
  startsAtEnd: boolean;
  decline: () => void;
}

/** By so much of its start it is decided whether a file is text. */
const startBytes = 8192;

/** Where to look: a range of bytes, and which of its ends is to be seen. */
interface Place {
  begin: number;
  end: number;
  edge: "top" | "bottom";
}

/** A text of any length, of which a part is read and shown; searched by ranges. */
export default function LongText({ id, size, read, startsAtEnd, decline }: Props) {
  const [search, setSearch] = useSearchParams();
  const [{ place, found }, setSeen] = useState(() => firstSeen(search.get("byte"), size, startsAtEnd));
  const start = useQuery({
    queryKey: ["text-start", id],
    queryFn: ({ signal }) => read(0, startBytes, signal),
    gcTime: 0,
  });
  const query = useQuery({
    queryKey: ["text-part", id, place.begin, place.end],
    queryFn: async ({ signal }) => {
      const begin = Math.max(0, place.begin - 1);
      return cut(await read(begin, place.end - begin, signal), begin, size);
    },
    gcTime: 0,
    placeholderData: (before) => before,
  });
  const go = (next: Place, match?: Found) => {
    setSeen(match ? { place: next, found: match } : { place: next });
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        const shown = match?.begin ?? next.begin;
        if (shown === 0 || (next.end === size && !match)) after.delete("byte");
        else after.set("byte", String(shown));
        return after;
      },
      { replace: true },
    );
  };
  // Parts of texts with two bytes a letter cannot be cut at any byte.
  const isBinary =
    start.data !== undefined && (decodeText(start.data, true) === undefined || wideEncoding(start.data) !== undefined);
  useEffect(() => {
    if (isBinary) decline();
  }, [isBinary, decline]);
  const { find, status } = useFind(read, size, (match) => go(around(match.begin, size), match));
  const failed = [start, query].find((each) => each.isError);
  if (failed)
    return <ProblemAlert error={failed.error} title={t.couldNotLoadTheFile} onRetry={() => failed.refetch()} />;
  const part = query.data;
  if (!part || !start.data || isBinary) return <Loading />;
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Steps part={part} size={size} go={go} />
        <Finder
          isBackwards={startsAtEnd}
          onFind={(text, isBackwards) => find(text, isBackwards, found, isBackwards ? part.end : part.begin)}
        />
        <Text size="sm" c="dimmed" role="status">
          {status ||
            t.bytesTo(formatCount(part.begin), formatCount(Math.max(part.begin, part.end - 1)), formatCount(size))}
        </Text>
      </Group>
      <Shown key={`${part.begin} ${part.end} ${found?.begin}`} part={part} edge={place.edge} found={found} />
    </Stack>
  );
}

/** What the address names, or an end of the file. */
function firstSeen(byte: string | null, size: number, startsAtEnd: boolean): { place: Place; found?: Found } {
  const asked = byte && /^\d{1,15}$/.test(byte) ? Number(byte) : size;
  if (asked < size) return { place: around(asked, size), found: { begin: asked, length: 0 } };
  return { place: startsAtEnd ? lastPlace(size) : { begin: 0, end: Math.min(size, partBytes), edge: "top" } };
}

function lastPlace(size: number): Place {
  return { begin: Math.max(0, size - partBytes), end: size, edge: "bottom" };
}

/** The part in the middle of which a match is. */
function around(match: number, size: number): Place {
  const begin = Math.max(0, Math.min(match - partBytes / 2, size - partBytes));
  return { begin, end: Math.min(size, begin + partBytes), edge: "top" };
}

function Steps({ part, size, go }: { part: Part; size: number; go: (place: Place) => void }) {
  const isFirst = part.begin === 0;
  const isLast = part.end >= size;
  return (
    <Button.Group>
      <Button
        size="xs"
        variant="default"
        disabled={isFirst}
        onClick={() => go({ begin: 0, end: Math.min(size, partBytes), edge: "top" })}
      >
        {t.start}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={isFirst}
        onClick={() => go({ begin: Math.max(0, part.begin - partBytes), end: part.begin, edge: "bottom" })}
      >
        {t.earlier}
      </Button>
      <Button
        size="xs"
        variant="default"
        disabled={isLast}
        onClick={() => go({ begin: part.end, end: Math.min(size, part.end + partBytes), edge: "top" })}
      >
        {t.later}
      </Button>
      <Button size="xs" variant="default" disabled={isLast} onClick={() => go(lastPlace(size))}>
        {t.end}
      </Button>
    </Button.Group>
  );
}

interface FinderProps {
  /** What Enter does. */
  isBackwards: boolean;
  onFind: (text: string, isBackwards: boolean) => void;
}

function Finder({ isBackwards, onFind }: FinderProps) {
  const [text, setText] = useState("");
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && text !== "") onFind(text, event.shiftKey !== isBackwards);
  };
  return (
    <Group gap="xs">
      <TextInput
        size="xs"
        w={200}
        type="search"
        aria-label={t.findInTheWholeFile}
        placeholder={t.findInTheWholeFile}
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <Button size="xs" variant="default" disabled={text === ""} onClick={() => onFind(text, true)}>
        {t.findEarlier}
      </Button>
      <Button size="xs" variant="default" disabled={text === ""} onClick={() => onFind(text, false)}>
        {t.findLater}
      </Button>
    </Group>
  );
}

function Shown({ part, edge, found }: { part: Part; edge: Place["edge"]; found: Found | undefined }) {
  const scroller = useRef<HTMLDivElement>(null);
  const mark = useRef<HTMLElement>(null);
  const at = found && found.begin >= part.begin && found.begin < part.end ? found.begin - part.begin : undefined;
  const text = decode(at === undefined ? part.bytes : part.bytes.subarray(0, at));
  const [wraps, setWraps] = useState(() => hasLongLine(decode(part.bytes)));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    if (mark.current) mark.current.scrollIntoView({ block: "center", inline: "nearest" });
    else element.scrollTop = edge === "bottom" ? element.scrollHeight : 0;
  }, [edge]);
  return (
    <>
      <Paper withBorder>
        <div ref={scroller} className={classes.scroller} role="region" tabIndex={0} aria-label={t.contentAsText}>
          <pre className={wraps ? classes.wrapped : classes.text} dir="ltr">
            {text}
            {at !== undefined && (
              <>
                <mark ref={mark}>{decode(part.bytes.subarray(at, at + (found?.length ?? 0)))}</mark>
                {decode(part.bytes.subarray(at + (found?.length ?? 0)))}
              </>
            )}
          </pre>
        </div>
      </Paper>
      <Checkbox size="xs" radius="sm" label={t.wrapLongLines} checked={wraps} onChange={() => setWraps(!wraps)} />
    </>
  );
}

function decode(bytes: Uint8Array): string {
  return decodeText(bytes, false) ?? t.thisPartOfTheFile;
}
