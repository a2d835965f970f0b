import { Button, Group, Paper, ScrollArea, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { viewers as t } from "../messages/en";
import { formatCount } from "../text/format";
import { hexDump, pageBytes, parseOffset } from "./hex";
import { useBytes } from "./TextStart";
import type { ViewerProps } from "./viewer";
import classes from "./viewers.module.css";

/** The bytes of any file, one page at a time. */
export default function HexViewer(file: ViewerProps) {
  const size = file.entry.size ?? 0;
  const lastPage = Math.floor(Math.max(0, size - 1) / pageBytes) * pageBytes;
  const [begin, setBegin] = useState(0);
  const [typed, setTyped] = useState("");
  const query = useBytes(file, begin, pageBytes);
  const offset = parseOffset(typed);
  const isWrong = typed !== "" && (offset === undefined || offset >= size);
  const go = (to: number) => setBegin(Math.min(lastPage, Math.max(0, Math.floor(to / pageBytes) * pageBytes)));
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button size="xs" variant="default" disabled={begin === 0} onClick={() => go(begin - pageBytes)}>
          {t.previous}
        </Button>
        <Button size="xs" variant="default" disabled={begin === lastPage} onClick={() => go(begin + pageBytes)}>
          {t.next}
        </Button>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (offset !== undefined && !isWrong) go(offset);
          }}
        >
          <TextInput
            size="xs"
            w={170}
            aria-label={t.goToOffset}
            placeholder={t.goToOffsetX}
            value={typed}
            error={isWrong}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        </form>
        <Text size="sm" c="dimmed" role="status">
          {t.bytesTo(formatCount(begin), formatCount(Math.min(size, begin + pageBytes) - 1), formatCount(size))}
        </Text>
      </Group>
      {query.isPending && <Loading />}
      {query.isError && (
        <ProblemAlert error={query.error} title={t.couldNotLoadTheFile} onRetry={() => query.refetch()} />
      )}
      {query.data && (
        <Paper withBorder>
          <ScrollArea.Autosize
            mah="70vh"
            type="auto"
            viewportProps={{ tabIndex: 0, "aria-label": t.contentAsHex, role: "region" }}
          >
            <pre className={classes.text} dir="ltr">
              {hexDump(query.data, begin)}
            </pre>
          </ScrollArea.Autosize>
        </Paper>
      )}
    </Stack>
  );
}
