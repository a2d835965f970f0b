import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Schemas } from "../api/client";
import { load as retried } from "../api/load";
import type { Dataset } from "../dataset/context";
import type { FileSource } from "./source";

/** What the choice of a viewer depends on. */
export interface FileFacts {
  name: string;
  contentType?: string | null | undefined;
  /** Bytes. */
  size: number;
  datasetType: string;
}

/** Conditions on a file; all that are given must hold. */
export interface Rule {
  name?: RegExp;
  /** Tested against the media type in lower case, without parameters. */
  contentType?: RegExp;
  datasetType?: RegExp;
}

/** What a viewer gets. */
export interface ViewerProps {
  dataset: Dataset;
  /** The version shown; undefined for the latest. */
  at: string | undefined;
  entry: Schemas["EntryInfo"];
  /** The last part of the entry's path. */
  name: string;
  source: FileSource;
  theme: "light" | "dark";
  /** Call this from an effect or event if the content is not what its name says: the next viewer takes over, and the reason is shown. */
  decline: (reason?: string) => void;
}

/** One way to show a file. */
export interface Viewer {
  /** The unique name in the code, the same in every language. */
  name: string;
  /** The label of its tab. */
  title: string;
  /** One of these rules must hold. */
  shows: Rule[];
  /** Names it never shows, whatever the rules say. */
  except?: RegExp;
  /** Larger files are left to other viewers. */
  maxBytes?: number;
  Component: LazyExoticComponent<ComponentType<ViewerProps>>;
}

interface ViewerSpec extends Omit<Viewer, "Component"> {
  load: () => Promise<{ default: ComponentType<ViewerProps> }>;
}

/** Registers a viewer; its code is loaded when it is first shown. */
export function viewer({ load, ...rest }: ViewerSpec): Viewer {
  return { ...rest, Component: lazy(() => retried(load)) };
}

/** The viewers that can show a file, best first: a match by name beats one by content type, and that beats one for any file. */
export function chooseViewers(viewers: Viewer[], file: FileFacts): Viewer[] {
  return viewers
    .map((each) => ({ viewer: each, rank: rankOf(each, file) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .map(({ viewer }) => viewer);
}

function rankOf({ shows, except, maxBytes }: Viewer, file: FileFacts): number {
  if (except?.test(file.name) || file.size > (maxBytes ?? Number.POSITIVE_INFINITY)) return -1;
  return Math.max(...shows.map((rule) => rankOfRule(rule, file)));
}

/** -1 if the rule does not hold; else the more specific the higher. */
function rankOfRule({ name, contentType, datasetType }: Rule, file: FileFacts): number {
  const type = file.contentType?.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (name && !name.test(file.name)) return -1;
  if (contentType && !contentType.test(type)) return -1;
  if (datasetType && !datasetType.test(file.datasetType)) return -1;
  return (name ? 4 : 0) + (contentType ? 2 : 0) + (datasetType ? 1 : 0);
}
