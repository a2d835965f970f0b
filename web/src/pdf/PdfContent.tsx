import { Button, Group, NumberInput, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { useEffect, useState } from "react";
import { useSearchParams } from "react-router";
import { describeProblem } from "../api/problem";
import { Loading } from "../components/Loading";
import { pdf as t } from "../messages/en";
import { formatCount } from "../text/format";
import { openPdf } from "./open";
import { Page } from "./Page";
import classes from "./pdf.module.css";

interface Props {
  size: number;
  /** Must stay the same for the same file. */
  read: (begin: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;
  decline: (reason: string) => void;
}

/** A document in PDF, a page at a time. */
export default function PdfContent({ size, read, decline }: Props) {
  const [opened, setOpened] = useState<PDFDocumentProxy>();
  useEffect(() => {
    const control = new AbortController();
    const fail = (error: unknown) => control.signal.aborted || decline(reasonOf(error));
    openPdf(size, read, control.signal, fail).then((document) => control.signal.aborted || setOpened(document), fail);
    return () => control.abort();
  }, [size, read, decline]);
  return opened ? <Pages document={opened} /> : <Loading label={t.loadingTheDocument} />;
}

function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") return t.thisDocumentIsLocked;
  if (name === "InvalidPDFException") return t.thisIsNotAPdfDocument;
  return t.couldNotShowThisDocument(describeProblem(error).message);
}

function Pages({ document }: { document: PDFDocumentProxy }) {
  const [search, setSearch] = useSearchParams();
  const [zoom, setZoom] = useState("1");
  const count = document.numPages;
  const number = Math.min(count, Math.max(1, Math.floor(Number(search.get("page"))) || 1));
  const go = (to: number) =>
    setSearch(
      (before) => {
        const after = new URLSearchParams(before);
        after.set("page", String(Math.min(count, Math.max(1, to))));
        return after;
      },
      { replace: true },
    );
  return (
    <Stack gap="xs">
      <Group gap="xs">
        <Button size="xs" variant="default" disabled={number === 1} onClick={() => go(number - 1)}>
          {t.previousPage}
        </Button>
        <NumberInput
          size="xs"
          w={80}
          aria-label={t.page}
          min={1}
          max={count}
          allowDecimal={false}
          value={number}
          onChange={(value) => typeof value === "number" && value >= 1 && value <= count && go(value)}
        />
        <Text size="sm" c="dimmed">
          {t.of(formatCount(count))}
        </Text>
        <Button size="xs" variant="default" disabled={number === count} onClick={() => go(number + 1)}>
          {t.nextPage}
        </Button>
        <SegmentedControl
          size="xs"
          aria-label={t.sizeOfThePage}
          data={[
            { value: "1", label: t.width },
            { value: "1.5", label: "150 %" },
            { value: "2", label: "200 %" },
          ]}
          value={zoom}
          onChange={setZoom}
        />
      </Group>
      <Paper withBorder className={classes.scroller} role="region" tabIndex={0} aria-label={t.pageOf(number, count)}>
        <Page key={`${number} ${zoom}`} document={document} number={number} zoom={Number(zoom)} />
      </Paper>
    </Stack>
  );
}
