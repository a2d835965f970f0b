import { useSyncExternalStore } from "react";
import { apiRoot } from "../api/base";
import { send } from "../api/client";
import { upload as t } from "../messages/en";
import type { Chosen, ChosenFile } from "./chosen";
import { pathProblem } from "./chosen";
import { forgetUpload, type KeptUpload, keepUpload, keptUploads } from "./journal";
import { noteUploads } from "./present";
import { newUploadId, Upload } from "./Upload";

const quietMs = 400;

interface State {
  running: readonly Upload[];
  /** Unfinished uploads of an earlier visit. */
  interrupted: readonly KeptUpload[];
  /** Increases with every change. */
  version: number;
}

let state: State = { running: [], interrupted: [], version: 0 };
let timer: number | undefined;
const listeners = new Set<() => void>();
const ended = new Set<(upload: Upload) => void>();

function change(next: Partial<State>): void {
  state = { ...state, ...next, version: state.version + 1 };
  for (const listener of listeners) listener();
}

/** Throttles rendering: progress is reported much more often. */
function soon(): void {
  if (timer !== undefined) return;
  timer = window.setTimeout(() => {
    timer = undefined;
    change({});
  }, quietMs);
}

/** All uploads of this tab. */
export function useUploads(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** Calls back when an upload succeeds; returns the unsubscribe function. */
export function onUploaded(listener: (upload: Upload) => void): () => void {
  ended.add(listener);
  return () => ended.delete(listener);
}

function start(upload: Upload): void {
  noteUploads();
  change({
    running: [...state.running, upload],
    interrupted: state.interrupted.filter((kept) => kept.id !== upload.kept.id),
  });
  void upload.run().then(() => {
    if (upload.phase === "cancelled") change({ running: state.running.filter((each) => each !== upload) });
    if (upload.phase === "done") for (const listener of ended) listener(upload);
  });
}

/** Starts an upload to a folder of a dataset. Returns an error message if it cannot start. */
export async function startUpload(
  dataset: { id: string; name: string },
  folder: string,
  chosen: Chosen,
): Promise<string | undefined> {
  if (chosen.files.length === 0) return t.youChoseNoFilesEmptyFolders;
  for (const { path } of chosen.files) {
    const problem = pathProblem(folder + path);
    if (problem) return `${problem}: ${path.slice(0, 80)}…`;
  }
  const kept: KeptUpload = {
    id: newUploadId(),
    dataset: dataset.id,
    datasetName: dataset.name,
    folder,
    session: "",
    isFolder: chosen.isFolder,
    files: chosen.files.length,
    bytes: chosen.files.reduce((sum, { file }) => sum + file.size, 0),
    started: Date.now(),
    handles: chosen.handles,
  };
  await keepUpload(kept);
  start(new Upload(kept, chosen.files, soon));
  return undefined;
}

/** Resumes an upload of an earlier visit with the files chosen again. */
export function resumeUpload(kept: KeptUpload, files: ChosenFile[]): void {
  kept.files = files.length;
  kept.bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  start(new Upload(kept, files, soon));
}

/** Retries after a failure; what the server has is not sent again. */
export function retryUpload(upload: Upload): void {
  change({ running: state.running.filter((each) => each !== upload) });
  start(new Upload(upload.kept, upload.chosen, soon));
}

/** Discards an upload of an earlier visit. */
export async function discardUpload(kept: KeptUpload): Promise<void> {
  change({ interrupted: state.interrupted.filter((each) => each.id !== kept.id) });
  await Promise.allSettled([
    kept.session && send(`${apiRoot}/sessions/${kept.session}`, { method: "DELETE" }),
    forgetUpload(kept.id),
  ]);
}

/** Removes a finished upload from the list. */
export function dismissUpload(upload: Upload): void {
  if (upload.phase === "failed") void discardUpload(upload.kept);
  change({ running: state.running.filter((each) => each !== upload) });
}

/** Finds uploads that a closed tab left behind; those of other open tabs hold a lock. */
export async function findInterrupted(): Promise<void> {
  const kept = await keptUploads();
  const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
  const here = new Set(state.running.map((upload) => upload.kept.id));
  change({ interrupted: kept.filter(({ id }) => !held.has(`hutch-upload-${id}`) && !here.has(id)) });
}
