import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { live as t } from "../messages/en";
import { formatCount, formatRate } from "../text/format";
import { Bad, LiveTable, lag, State } from "./LiveTable";

/** Frames that wait for a worker, by namespace. */
export function QueueTable({ queues }: { queues: Schemas["LiveQueue"][] }) {
  return (
    <LiveTable
      title={t.queues}
      empty={t.noFrameWaitsAndNoWorker}
      columns={[t.namespace, t.state, t.waiting, t.lag, t.framesS, t.inWork, t.givenUp, t.workers, t.runs2]}
      minWidth={760}
      rows={queues.map((queue) => ({
        key: queue.name,
        cells: [
          <Name key="name">{queue.name}</Name>,
          <State key="state">{stateOf(queue)}</State>,
          formatCount(queue.waiting),
          lag(queue.lagSeconds),
          formatRate(queue.framesPerSecond),
          formatCount(queue.inWork),
          <Bad key="given-up" count={queue.givenUp} />,
          formatCount(queue.workers),
          formatCount(queue.runs),
        ],
      }))}
    />
  );
}

function stateOf({ waiting, workers, givenUp }: Schemas["LiveQueue"]): string {
  return waiting > 0 && workers === 0 ? "without-worker" : givenUp > 0 ? "frames-given-up" : "ok";
}
