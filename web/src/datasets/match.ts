import type { Schemas } from "../api/client";

/** Why a search found a dataset, in words; empty where its name, title or type says it. */
export function foundIn(match: Schemas["DatasetInfo"]["match"]): string {
  if (!match) return "";
  return match.in === "files" ? `File name: ${match.text}` : `Metadata: ${match.text}`;
}
