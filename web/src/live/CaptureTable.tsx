import { Code } from "@mantine/core";
import type { Schemas } from "../api/client";
import { Name } from "../components/Name";
import { live as t } from "../messages/en";
import { formatBytes, formatCount, formatRate } from "../text/format";
import { DatasetLink } from "./DatasetLink";
import { Ago, LiveTable } from "./LiveTable";
import { isArriving } from "./running";

/** What detectors send; a click on the dataset opens its newest frame. */
export function CaptureTable({ live }: { live: Schemas["LiveInfo"] }) {
  const columns = [t.into, t.last, t.entriesS, t.rate, t.entries];
  return (
    <LiveTable
      title={t.captures}
      empty={
        <>
          <Code>hutch capture</Code>
          {t.storedNothingInTheLastTen}
        </>
      }
      columns={live.everything ? [...columns, t.user] : columns}
      minWidth={620}
      rows={live.captures.map((capture) => ({
        key: capture.dataset,
        cells: [
          <DatasetLink key="dataset" name={capture.datasetName} to={`/datasets/${capture.dataset}/frames?follow=on`} />,
          <Ago key="last" time={capture.last} now={live.time} />,
          ...(isArriving(capture, live.time)
            ? [formatRate(capture.entriesPerSecond), `${formatBytes(capture.bytesPerSecond)}/s`]
            : ["–", "–"]),
          formatCount(capture.entries),
          ...(live.everything ? [<Name key="user">{capture.user}</Name>] : []),
        ],
      }))}
    />
  );
}
