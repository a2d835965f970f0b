import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { formatCount, formatRate } from "../text/format";
import { Bad, LiveTable, lag, State } from "./LiveTable";

/** Frames that wait for a worker, by namespace. */
export function QueueTable({ queues }: { queues: Schemas["LiveQueue"][] }) {
  return (
    <LiveTable
      title="Queues"
      empty="No frame waits, and no worker waits for one."
      columns={["Namespace", "State", "Waiting#", "Lag#", "Frames/s#", "In work#", "Given up#", "Workers#", "Runs#"]}
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
