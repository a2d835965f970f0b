import { Code } from "@mantine/core";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { live as t } from "../messages/en";
import { formatCount, formatRate } from "../text/format";
import { Ago, LiveTable, State } from "./LiveTable";

/** Processes that analyse frames, in the server and on other machines. */
export function WorkerTable({ live }: { live: Schemas["LiveInfo"] }) {
  return (
    <LiveTable
      title={t.workers2}
      empty={
        <>
          {t.noWorkerIsThereOne}
          <Code>hutch worker</Code>.
        </>
      }
      columns={[t.worker, t.state, t.framesS, t.inWork, t.done, t.seen, t.namespace]}
      minWidth={680}
      rows={live.workers.map((worker) => ({
        key: `${worker.namespace} ${worker.name}`,
        cells: [
          <Name key="name">{worker.name}</Name>,
          <State key="state">{worker.state}</State>,
          formatRate(worker.framesPerSecond),
          formatCount(worker.inWork),
          formatCount(worker.frames),
          <Ago key="seen" time={worker.seen} now={live.time} />,
          <Name key="namespace">{worker.namespace}</Name>,
        ],
      }))}
    />
  );
}
