import { Code, Paper, ScrollArea } from "@mantine/core";

/** A document to read. */
export function JsonView({ text, label }: { text: string; label: string }) {
  return (
    <Paper withBorder>
      <ScrollArea.Autosize mah="60vh" viewportProps={{ tabIndex: 0, role: "region", "aria-label": label }}>
        <Code block bg="transparent" fz={13}>
          {text}
        </Code>
      </ScrollArea.Autosize>
    </Paper>
  );
}
