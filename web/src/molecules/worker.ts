import type { Reply } from "../work/ask";
import { readMmcif } from "./mmcif";
import { readPdb } from "./pdb";
import type { Format, Structure } from "./structure";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<{ bytes: Uint8Array; format: Format }>) => {
  let reply: Reply<Structure>;
  try {
    const text = new TextDecoder().decode(data.bytes);
    reply = { answer: data.format === "pdb" ? readPdb(text) : readMmcif(text) };
  } catch (error) {
    reply = { error: error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(reply);
};
