import { useEffect, useState } from "react";
import { ask, type Reply } from "./ask";

/** What a worker answers to a question; undefined as long as it works. `start` and `question` must stay the same. */
export function useAnswer<Answer>(start: () => Worker, question: unknown, seconds: number): Reply<Answer> | undefined {
  const [reply, setReply] = useState<Reply<Answer>>();
  useEffect(() => {
    const control = new AbortController();
    setReply(undefined);
    ask<Answer>(start, question, seconds, control.signal).then(
      (answer) => !control.signal.aborted && setReply({ answer }),
      (error: Error) => !control.signal.aborted && setReply({ error: error.message }),
    );
    return () => control.abort();
  }, [start, question, seconds]);
  return reply;
}
