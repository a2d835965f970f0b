import { Paper } from "@mantine/core";
import { useEffect, useMemo, useState } from "react";
import { languageNamed } from "../code/languages";
import { mostSeconds, type Question, startWorker, type Token } from "../code/tokens";
import { Loading } from "../components/Loading";
import { DocumentFrame } from "../documents/DocumentFrame";
import { loadTypeset, mayHaveFormulas, type Typeset } from "../documents/formulas";
import { notebooks as t } from "../messages/en";
import { useAnswer } from "../work/useAnswer";
import { type Notebook, parseNotebook } from "./parse";
import { codeOf, renderNotebook } from "./render";
import { notebookStyle } from "./style";

interface Props {
  text: string;
  name: string;
  theme: "light" | "dark";
  decline: (reason: string) => void;
}

/** A Jupyter notebook as it was saved. Nothing in it is run. */
export default function NotebookContent({ text, name, theme, decline }: Props) {
  const read = useMemo(() => {
    try {
      return parseNotebook(text);
    } catch (error) {
      return t.notShownAsANotebook((error as Error).message);
    }
  }, [text]);
  useEffect(() => {
    if (typeof read === "string") decline(read);
  }, [read, decline]);
  return typeof read === "string" ? null : (
    <Shown notebook={read} name={name} theme={theme} hasFormulas={mayHaveFormulas(text)} />
  );
}

interface ShownProps extends Pick<Props, "name" | "theme"> {
  notebook: Notebook;
  hasFormulas: boolean;
}

function Shown({ notebook, name, theme, hasFormulas }: ShownProps) {
  const question = useMemo<Question>(
    () => ({ texts: codeOf(notebook), language: languageNamed(notebook.language) }),
    [notebook],
  );
  const reply = useAnswer<Token[][]>(startWorker, question, mostSeconds);
  const [typeset, setTypeset] = useState<Typeset>();
  useEffect(() => {
    if (hasFormulas) void loadTypeset().then((loaded) => setTypeset(() => loaded));
  }, [hasFormulas]);
  const isReady = reply !== undefined && (typeset !== undefined || !hasFormulas);
  const tokens = reply && "answer" in reply ? reply.answer : undefined;
  const body = useMemo(
    () => isReady && renderNotebook(notebook, { tokens, typeset }),
    [isReady, notebook, tokens, typeset],
  );
  if (body === false) return <Loading />;
  return (
    <Paper withBorder radius="md" style={{ overflow: "hidden" }}>
      <DocumentFrame title={name} body={body} theme={theme} style={notebookStyle(theme)} />
    </Paper>
  );
}
