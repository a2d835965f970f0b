import { getDocument, PDFDataRangeTransport, type PDFDocumentProxy, PDFWorker } from "pdfjs-dist/legacy/build/pdf.mjs";
import { portalRoot } from "../api/base";
import { pdf as t } from "../messages/en";
import { feelPulse } from "../work/pulse";

type Read = (begin: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;

/** A document that keeps its worker busy for longer is given up. */
const mostSeconds = 10;
/** So much is read at once. */
const rangeBytes = 256 * 1024;
/** Larger pictures in a document are left out. */
const mostPixels = 64 * 1024 * 1024;
/** Larger pages are drawn coarser. */
const mostCanvasBytes = 64 * 1024 * 1024;

/**
 * Opens a document, in a worker of its own until `signal` ends it, or until it has been busy for too long. Only what is looked at is read;
 * forms, links and scripts in it do nothing.
 * @param onLost Told when the worker was ended as it did not listen any more.
 */
export async function openPdf(
  size: number,
  read: Read,
  signal: AbortSignal,
  onLost: (why: Error) => void,
): Promise<PDFDocumentProxy> {
  const thread = new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-pdf" });
  signal.addEventListener("abort", () => thread.terminate());
  let refuse: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    refuse = reject;
    thread.onerror = (event) => reject(new Error(event.message || t.theWorkerForPdfCouldNot));
  });
  // Prevents an unhandled rejection: the caller gets the failure from the race below.
  failed.catch(() => undefined);
  feelPulse(thread, signal, mostSeconds, () => {
    thread.terminate();
    const why = new Error(t.itKeepsItsReaderBusyFor(mostSeconds));
    refuse(why);
    onLost(why);
  });
  const data = `${window.location.origin}${portalRoot}pdf/`;
  const task = getDocument({
    range: new Ranges(size, read, signal, (error) => refuse(error)),
    worker: PDFWorker.create({ port: thread }),
    rangeChunkSize: rangeBytes,
    disableAutoFetch: true,
    disableStream: true,
    useSystemFonts: false,
    enableXfa: false,
    maxImageSize: mostPixels,
    canvasMaxAreaInBytes: mostCanvasBytes,
    cMapUrl: `${data}cmaps/`,
    standardFontDataUrl: `${data}standard_fonts/`,
    wasmUrl: `${data}wasm/`,
    iccUrl: `${data}iccs/`,
  });
  return Promise.race([task.promise, failed]);
}

class Ranges extends PDFDataRangeTransport {
  readonly #read: Read;
  readonly #signal: AbortSignal;
  readonly #onError: (error: unknown) => void;

  constructor(size: number, read: Read, signal: AbortSignal, onError: (error: unknown) => void) {
    super(size, null);
    this.#read = read;
    this.#signal = signal;
    this.#onError = onError;
  }

  override requestDataRange(begin: number, end: number): void {
    this.#read(begin, end - begin, this.#signal).then(
      (bytes) => this.onDataRange(begin, bytes),
      (error: unknown) => this.#signal.aborted || this.#onError(error),
    );
  }
}
