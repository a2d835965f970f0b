import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { live as t } from "../messages/en";
import { formatCount } from "../text/format";
import { LiveTable, State } from "./LiveTable";

/** Messages at the broker, by queue. */
export function BrokerQueueTable({ queues }: { queues: Schemas["LiveBrokerQueue"][] }) {
  return (
    <LiveTable
      title={t.queuesAtTheBroker}
      empty={t.noQueueWasUsedYet}
      columns={[t.queue, t.state, t.ready, t.unacknowledged, t.readers]}
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
