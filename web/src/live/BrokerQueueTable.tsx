import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { formatCount } from "../text/format";
import { LiveTable, State } from "./LiveTable";

/** Messages at the broker, by queue. */
export function BrokerQueueTable({ queues }: { queues: Schemas["LiveBrokerQueue"][] }) {
  return (
    <LiveTable
      title="Queues at the broker"
      empty="No queue was used yet, or the broker is down."
      columns={["Queue", "State", "Ready#", "Unacknowledged#", "Readers#"]}
      minWidth={620}
      rows={queues.map((queue) => ({
        key: queue.name,
        cells: [
          <Name key="name" mono>
            {queue.name}
          </Name>,
          <State key="state">{queue.state}</State>,
          formatCount(queue.ready),
          formatCount(queue.unacknowledged),
          formatCount(queue.readers),
        ],
      }))}
    />
  );
}
