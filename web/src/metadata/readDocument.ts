import { apiRoot } from "../api/base";
import { sendOk } from "../api/client";
import { formatted } from "./document";
import type { Version } from "./draft";

/** Reads the metadata of a dataset, as a text: a number that is read and written again may be another one. */
export async function readDocument(id: string): Promise<Version> {
  const response = await sendOk(`${apiRoot}/datasets/${id}/metadata`);
  return { text: formatted(await response.text()), tag: response.headers.get("ETag") ?? "" };
}
