import { Paper, ScrollArea } from "@mantine/core";
import { Code } from "../code/Code";
import { languageOf } from "../code/languages";
import LongText from "../longtext/LongText";
import { viewers as t } from "../messages/en";
import { TextStart } from "./TextStart";
import type { ViewerProps } from "./viewer";

/** Larger texts are read by parts. */
const mostWhole = 512 * 1024;
/** Of these, the last lines say most. */
const logs = /(\.(log|out|err|stdout|stderr)(\.\d+)?|^(stdout|stderr|log|nohup\.out))$/i;

/** Any text: code in colours, logs from their end, long ones by parts. */
export default function TextViewer(file: ViewerProps) {
  const { dataset, entry, name, source, decline } = file;
  const size = entry.size ?? 0;
  const isLog = logs.test(name);
  if (isLog || size > mostWhole)
    return (
      <LongText
        id={`${dataset.id} ${entry.path} ${entry.hash ?? dataset.headVersion}`}
        size={size}
        read={source.read}
        startsAtEnd={isLog}
        decline={decline}
      />
    );
  return (
    <TextStart file={file} maxBytes={mostWhole}>
      {(text) => (
        <Paper withBorder>
          <ScrollArea.Autosize
            mah="70vh"
            type="auto"
            viewportProps={{ tabIndex: 0, "aria-label": t.contentAsText, role: "region" }}
          >
            <Code text={text} language={languageOf(name, text)} />
          </ScrollArea.Autosize>
        </Paper>
      )}
    </TextStart>
  );
}
