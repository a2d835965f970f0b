import type { Reply } from "../work/ask";
import { highlight } from "./highlight";
import type { Question, Token } from "./tokens";

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data: { texts, language } }: MessageEvent<Question>) => {
  const answer = texts.map((text) => highlight(text, language));
  self.postMessage({ answer } satisfies Reply<Token[][]>);
};
