/** The saved state of an upload, so that it can resume after the tab was closed. */
export interface KeptUpload {
  id: string;
  dataset: string;
  datasetName: string;
  folder: string;
  session: string;
  isFolder: boolean;
  files: number;
  bytes: number;
  started: number;
  handles: FileSystemHandle[];
}

/** A file that has been hashed. */
export interface KeptHash {
  path: string;
  size: number;
  modified: number;
  hash: string;
}

const name = "hutch-uploads";

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("uploads", { keyPath: "id" });
      request.result.createObjectStore("hashes", { autoIncrement: true }).createIndex("upload", "upload");
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

async function within<T>(
  mode: IDBTransactionMode,
  work: (tx: IDBTransaction) => IDBRequest<T> | undefined,
): Promise<T | undefined> {
  const tx = (await open()).transaction(["uploads", "hashes"], mode);
  const request = work(tx);
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve(request?.result);
    tx.onerror = () => reject(tx.error);
    tx.onabort = () => reject(tx.error);
  });
}

/** All unfinished uploads. */
export async function keptUploads(): Promise<KeptUpload[]> {
  return (await within<KeptUpload[]>("readonly", (tx) => tx.objectStore("uploads").getAll())) ?? [];
}

export async function keepUpload(upload: KeptUpload): Promise<void> {
  try {
    await within("readwrite", (tx) => tx.objectStore("uploads").put(upload));
  } catch {
    // A handle cannot be saved: the user will choose the files again.
    await within("readwrite", (tx) => tx.objectStore("uploads").put({ ...upload, handles: [] }));
  }
}

/** Saves hashes, so that no file is read twice. */
export async function keepHashes(upload: string, hashes: KeptHash[]): Promise<void> {
  await within("readwrite", (tx) => tx.objectStore("hashes").add({ upload, hashes }));
}

/** The saved hashes, by path. */
export async function keptHashes(upload: string): Promise<Map<string, KeptHash>> {
  const parts =
    (await within<{ hashes: KeptHash[] }[]>("readonly", (tx) =>
      tx.objectStore("hashes").index("upload").getAll(upload),
    )) ?? [];
  return new Map(parts.flatMap((part) => part.hashes).map((kept) => [kept.path, kept]));
}

/** Deletes the state of a finished upload. */
export async function forgetUpload(upload: string): Promise<void> {
  await within("readwrite", (tx) => {
    tx.objectStore("uploads").delete(upload);
    const cursor = tx.objectStore("hashes").index("upload").openKeyCursor(upload);
    cursor.onsuccess = () => {
      if (!cursor.result) return;
      tx.objectStore("hashes").delete(cursor.result.primaryKey);
      cursor.result.continue();
    };
    return undefined;
  });
}
