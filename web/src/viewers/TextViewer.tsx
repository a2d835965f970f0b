import { Paper, ScrollArea } from "@mantine/core";
import { TextStart } from "./TextStart";
import type { ViewerProps } from "./viewer";
import classes from "./viewers.module.css";

const maxBytes = 512 * 1024;

/** Any text, as it is. */
export default function TextViewer(file: ViewerProps) {
  return (
    <TextStart file={file} maxBytes={maxBytes}>
      {(text) => (
        <Paper withBorder>
          <ScrollArea.Autosize
            mah="70vh"
            type="auto"
            viewportProps={{ tabIndex: 0, "aria-label": "Content as text", role: "region" }}
          >
            <pre className={classes.text} dir="ltr">
              {text}
            </pre>
          </ScrollArea.Autosize>
        </Paper>
      )}
    </TextStart>
  );
}
