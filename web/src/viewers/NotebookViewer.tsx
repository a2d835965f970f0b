import NotebookContent from "../notebooks/NotebookContent";
import { TextStart } from "./TextStart";
import type { ViewerProps } from "./viewer";

/** Jupyter notebooks. */
export default function NotebookViewer(file: ViewerProps) {
  return (
    <TextStart file={file} maxBytes={file.entry.size ?? 0}>
      {(text) => <NotebookContent text={text} name={file.name} theme={file.theme} decline={file.decline} />}
    </TextStart>
  );
}
