import { trees as t } from "../messages/en";
import type { Reply } from "../work/ask";
import type { Json } from "./json";
import { parseYaml } from "./yaml";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<string>) => {
  let reply: Reply<Json>;
  try {
    reply = { answer: parseYaml(data) };
  } catch (error) {
    const isDeep = error instanceof RangeError;
    reply = { error: isDeep ? t.itIsNestedTooDeep : error instanceof Error ? error.message : String(error) };
  }
  self.postMessage(reply);
};
