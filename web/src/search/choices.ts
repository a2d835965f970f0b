import type { Schemas } from "../api/client";
import { foundIn } from "../datasets/match";
import { search as t } from "../messages/en";
import { authorsOf } from "./authors";

/** A line of the search that opens anywhere: a dataset, a page or a command. */
export interface Choice {
  key: string;
  label: string;
  /** What kind of line it is, or why it was found. */
  hint: string;
  /** The page that it opens. */
  to?: string;
  /** The page outside the portal that it opens. */
  href?: string;
  /** What it does in place of opening a page. */
  act?: () => void;
}

/** Pages and commands are few: more than these of them would hide datasets. */
const mostCommands = 4;

type Shown = Pick<Schemas["DatasetInfo"], "id" | "name" | "title" | "type"> & {
  match?: Schemas["DatasetInfo"]["match"];
};

/** All datasets that a text finds, with filters. */
export function searchChoice(text: string): Choice {
  return {
    key: "all",
    label: text === "" ? t.allDatasetsWithFilters : t.allResultsWithFilters,
    hint: t.search,
    to: `/search?q=${encodeURIComponent(text)}`,
  };
}

/** A dataset; one that was found by a file leads to that file. */
export function datasetChoice(dataset: Shown, kind: string, text = ""): Choice {
  const why = foundIn(dataset.match);
  const isFile = dataset.match?.in === "files";
  const files = `?${new URLSearchParams({ name: dataset.match?.text ?? text, in: "dataset" })}`;
  return {
    key: dataset.id,
    label: dataset.name,
    hint: why || dataset.title || dataset.type || kind,
    to: `/datasets/${dataset.id}${isFile ? files : ""}`,
  };
}

/** A publication whose dataset the user may not see. */
export function publicationChoice({ page, title, authors }: Schemas["FoundPublication"]): Choice {
  return { key: page, label: title || page, hint: authorsOf(authors) || t.publication, href: page };
}

/** Looks for the text among the files of the dataset on the page. */
export function fileChoice(pathname: string, text: string): Choice[] {
  const [, id] = /^\/datasets\/([^/]+)/.exec(pathname) ?? [];
  if (!id) return [];
  const query = new URLSearchParams({ name: text, in: "dataset" });
  return [{ key: "files", label: t.filesNamed(text), hint: t.inThisDataset, to: `/datasets/${id}?${query}` }];
}

/** The pages and commands with all words of a text in their names; a few of them without a text. */
export function commandsFor(commands: Choice[], text: string): Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands.slice(0, mostCommands + 2);
  return commands
    .filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)))
    .slice(0, mostCommands);
}
