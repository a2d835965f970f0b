import MarkdownViewer from "../viewers/MarkdownViewer";
import { useFile } from "../viewers/useFile";
import type { ViewerProps } from "../viewers/viewer";

/** The README of a folder. */
export default function Readme(props: Pick<ViewerProps, "dataset" | "at" | "entry">) {
  const file = useFile(props);
  return <MarkdownViewer {...file} decline={ignore} />;
}

// A README that is not text is not shown.
const ignore = () => undefined;
