import { Paper, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { FileIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { DocumentFrame } from "../documents/DocumentFrame";
import { loadTypeset, mayHaveFormulas } from "../documents/formulas";
import { escapeHtml, namedPictures, renderMarkdown, resolvePath } from "../documents/markdown";
import { readPictures } from "../documents/pictures";
import { viewers as t } from "../messages/en";
import { TextStart } from "./TextStart";
import type { ViewerProps } from "./viewer";

const maxBytes = 512 * 1024;

/** Markdown, or the README of a folder: HTML that is written here, in a frame that runs no scripts. */
export default function MarkdownViewer(file: ViewerProps) {
  return (
    <TextStart file={file} maxBytes={maxBytes}>
      {(text) => <Rendered file={file} text={text} />}
    </TextStart>
  );
}

function Rendered({ file: { dataset, at, entry, name, theme }, text }: { file: ViewerProps; text: string }) {
  const folder = entry.path.slice(0, entry.path.lastIndexOf("/") + 1);
  const query = useQuery({
    queryKey: ["pictures", dataset.id, entry.path, entry.hash ?? dataset.headVersion, at ?? dataset.headVersion],
    queryFn: async () => ({
      typeset: mayHaveFormulas(text) ? await loadTypeset() : undefined,
      pictures: await readPictures(
        dataset.id,
        at,
        namedPictures(text).flatMap((href) => {
          const target = resolvePath(folder, href);
          return target ? [[href, target] as const] : [];
        }),
      ),
    }),
  });
  if (query.isPending) return <Loading label={t.loading(name)} />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLoad(name)} onRetry={() => query.refetch()} />;
  const isMarkdown = /\.(md|markdown)$/i.test(name);
  const body = isMarkdown
    ? renderMarkdown(text, query.data.pictures, query.data.typeset)
    : `<pre>${escapeHtml(text)}</pre>`;
  return (
    <Paper withBorder radius="md" style={{ overflow: "hidden" }}>
      <Text
        size="sm"
        fw={600}
        px="md"
        py="xs"
        style={{
          borderBottom: "1px solid var(--mantine-color-default-border)",
          display: "flex",
          gap: 8,
          alignItems: "center",
        }}
      >
        <FileIcon size={16} /> <Name>{name}</Name>
      </Text>
      <DocumentFrame title={name} body={body} theme={theme} />
    </Paper>
  );
}
