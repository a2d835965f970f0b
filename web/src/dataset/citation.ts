import { portalRoot } from "../api/base";
import { sendOk } from "../api/client";
import { dataset as t } from "../messages/en";

/** The forms of a citation: what the page of the publication calls them, and what people do. */
export const citationFormats = [
  { value: "citation", label: t.text },
  { value: "bibtex", label: "BibTeX" },
  { value: "ris", label: "RIS" },
  { value: "csl", label: "CSL JSON" },
] as const;

export type CitationFormat = (typeof citationFormats)[number]["value"];

/** The citation of a published dataset, as its page gives it. */
export async function readCitation(dataset: string, format: CitationFormat): Promise<string> {
  const response = await sendOk(`${portalRoot}publications/${encodeURIComponent(dataset)}?format=${format}`);
  return (await response.text()).trim();
}
