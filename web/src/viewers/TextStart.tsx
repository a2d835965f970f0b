import { Alert, Stack } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { viewers as t } from "../messages/en";
import { decodeText } from "../text/decodeText";
import { formatBytes } from "../text/format";
import type { ViewerProps } from "./viewer";

type FileProps = Pick<ViewerProps, "dataset" | "entry" | "source" | "decline">;

/** A range of a file. */
export function useBytes({ dataset, entry, source }: Omit<FileProps, "decline">, begin: number, length: number) {
  return useQuery({
    queryKey: ["bytes", dataset.id, entry.path, entry.hash ?? dataset.headVersion, begin, length],
    queryFn: ({ signal }) => source.read(begin, length, signal),
    gcTime: 0,
  });
}

interface TextStartProps {
  file: FileProps;
  maxBytes: number;
  /** Renders the text; `isCut` if the file goes on. */
  children: (text: string, isCut: boolean) => ReactNode;
}

/** Loads the start of a file as text. Declines if it is binary. */
export function TextStart({ file, maxBytes, children }: TextStartProps) {
  const query = useBytes(file, 0, maxBytes);
  if (query.isPending) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoadTheFile} onRetry={() => query.refetch()} />;
  const isCut = (file.entry.size ?? 0) > query.data.length;
  const text = decodeText(query.data, isCut);
  if (text === undefined) return <Decline file={file} />;
  return (
    <Stack gap="xs">
      {isCut && (
        <Alert variant="light" py="xs">
          {t.showingTheFirstDownloadTheFile(formatBytes(query.data.length))}
        </Alert>
      )}
      {children(text, isCut)}
    </Stack>
  );
}

/** Leaves the file to the next viewer. */
export function Decline({ file: { decline }, reason }: { file: Pick<ViewerProps, "decline">; reason?: string }) {
  useEffect(() => decline(reason), [decline, reason]);
  return null;
}
