import { useSyncExternalStore } from "react";
import { apiRoot } from "../api/base";
import { send } from "../api/client";
import type { Chosen, ChosenFile } from "./chosen";
import { pathProblem } from "./chosen";
import { forgetUpload, type KeptUpload, keepUpload, keptUploads } from "./journal";
import { newUploadId, Upload } from "./Upload";

const quietMs = 400;

interface State {
  running: readonly Upload[];
  /** Uploads of an earlier visit that did not end. */
  interrupted: readonly KeptUpload[];
  /** Grows with every change. */
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

/** Progress comes often; the page is drawn some times a second. */
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

/** Tells when an upload has ended well. */
export function onUploaded(listener: (upload: Upload) => void): () => void {
  ended.add(listener);
  return () => ended.delete(listener);
}

function start(upload: Upload): void {
  change({
    running: [...state.running, upload],
    interrupted: state.interrupted.filter((kept) => kept.id !== upload.kept.id),
  });
  void upload.run().then(() => {
    if (upload.phase === "cancelled") change({ running: state.running.filter((each) => each !== upload) });
    if (upload.phase === "done") for (const listener of ended) listener(upload);
  });
}

/** Uploads what was chosen to a folder of a dataset. Answers what is wrong with it, if it cannot begin. */
export async function startUpload(
  dataset: { id: string; name: string },
  folder: string,
  chosen: Chosen,
): Promise<string | undefined> {
  if (chosen.files.length === 0) return "There is no file in what you chose. Empty folders are not uploaded.";
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

/** Goes on with an upload of an earlier visit, with its files at hand again. */
export function continueUpload(kept: KeptUpload, files: ChosenFile[]): void {
  kept.files = files.length;
  kept.bytes = files.reduce((sum, { file }) => sum + file.size, 0);
  start(new Upload(kept, files, soon));
}

/** Begins again after a failure; what is durable is not sent again. */
export function retryUpload(upload: Upload): void {
  change({ running: state.running.filter((each) => each !== upload) });
  start(new Upload(upload.kept, upload.chosen, soon));
}

/** Gives an upload of an earlier visit up. */
export async function dropUpload(kept: KeptUpload): Promise<void> {
  change({ interrupted: state.interrupted.filter((each) => each.id !== kept.id) });
  await Promise.allSettled([
    kept.session && send(`${apiRoot}/sessions/${kept.session}`, { method: "DELETE" }),
    forgetUpload(kept.id),
  ]);
}

/** Takes an upload that ended off the list. */
export function dismissUpload(upload: Upload): void {
  if (upload.phase === "failed") void dropUpload(upload.kept);
  change({ running: state.running.filter((each) => each !== upload) });
}

/** Looks for uploads that a closed tab left behind; those of other open tabs hold a lock. */
export async function findInterrupted(): Promise<void> {
  const kept = await keptUploads();
  const held = new Set((await navigator.locks.query()).held?.map((lock) => lock.name));
  const here = new Set(state.running.map((upload) => upload.kept.id));
  change({ interrupted: kept.filter(({ id }) => !held.has(`hutch-upload-${id}`) && !here.has(id)) });
}
