import { viewers as t } from "../messages/en";
import TreeContent from "../trees/TreeContent";
import { Decline, TextStart } from "./TextStart";
import type { ViewerProps } from "./viewer";

const mostBytes = { json: 8 * 1024 * 1024, yaml: 1024 * 1024 };

/** JSON and YAML. */
export default function TreeViewer(file: ViewerProps) {
  const format = /\.ya?ml$/i.test(file.name) || /yaml/i.test(file.entry.contentType ?? "") ? "yaml" : "json";
  if ((file.entry.size ?? 0) > mostBytes[format]) return <Decline file={file} reason={t.yamlOfMoreThanMb} />;
  return (
    <TextStart file={file} maxBytes={mostBytes[format]}>
      {(text) => <TreeContent text={text} format={format} decline={file.decline} />}
    </TextStart>
  );
}
