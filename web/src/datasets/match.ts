import type { Schemas } from "../api/client";
import { datasets as t } from "../messages/en";

/** Why a search found a dataset, in words; empty where its name, title or type says it. */
export function foundIn(match: Schemas["DatasetInfo"]["match"]): string {
  if (!match) return "";
  return match.in === "files" ? t.fileName(match.text) : t.metadata(match.text);
}
