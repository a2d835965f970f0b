import { useEffect, useMemo } from "react";
import { Loading } from "../components/Loading";
import { trees as t } from "../messages/en";
import { useAnswer } from "../work/useAnswer";
import { type Json, parseJson } from "./json";
import { Tree } from "./Tree";

interface Props {
  text: string;
  format: "json" | "yaml";
  decline: (reason: string) => void;
}

/** A longer time to parse means a document that is made to take it. */
const mostSeconds = 10;

/** A JSON or YAML document as a tree. */
export default function TreeContent({ text, format, decline }: Props) {
  return format === "json" ? <JsonTree text={text} decline={decline} /> : <YamlTree text={text} decline={decline} />;
}

function JsonTree({ text, decline }: Omit<Props, "format">) {
  const { value, error } = useMemo(() => parseJson(text), [text]);
  return value === undefined ? <Refused reason={error ?? ""} decline={decline} /> : <Tree value={value} />;
}

/** Parsers of YAML are slow, and some texts keep them busy for very long. */
function YamlTree({ text, decline }: Omit<Props, "format">) {
  const reply = useAnswer<Json>(startWorker, text, mostSeconds);
  if (!reply) return <Loading />;
  if ("error" in reply) return <Refused reason={t.notShownAsATree(reply.error)} decline={decline} />;
  return <Tree value={reply.answer} />;
}

function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-tree" });
}

function Refused({ reason, decline }: { reason: string; decline: (reason: string) => void }) {
  useEffect(() => decline(reason), [decline, reason]);
  return null;
}
