import { SegmentedControl, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Time } from "../components/Time";
import { dataset as t } from "../messages/en";
import { endOfDay, type Retention } from "./retention";

interface KeepDialogProps {
  id: string;
  retention: Retention;
  onClose: () => void;
}

/** Keeps the files of a dataset at the facility for longer. What the facility allows is for the server to say. */
export function KeepDialog({ id, retention: { limit, acquiring }, onClose }: KeepDialogProps) {
  const queries = useQueryClient();
  const [way, setWay] = useState("date");
  const [day, setDay] = useState("");
  const keep = async () => {
    const until = way === "date" ? endOfDay(day, limit) : undefined;
    const kept = await must(api.PUT("/datasets/{id}/retention", { params: { path: { id } }, body: { until } }));
    queries.setQueryData(["retention", id], kept);
    notifications.show({ message: t.theFilesStayLonger });
  };
  return (
    <ConfirmDialog
      title={t.keepTheFilesLonger}
      action={t.keep}
      isOpen
      isReady={way !== "date" || day !== ""}
      onClose={onClose}
      onConfirm={keep}
    >
      <SegmentedControl
        aria-label={t.howLong}
        value={way}
        onChange={setWay}
        data={[
          { value: "date", label: t.untilADate },
          { value: "forever", label: t.withoutAnEndDate },
        ]}
      />
      {way === "date" && (
        <TextInput
          type="date"
          label={t.untilTheEnd}
          value={day}
          onChange={(event) => setDay(event.currentTarget.value)}
          data-autofocus
        />
      )}
      <Text size="sm" c="dimmed">
        {limit ? (
          <>
            {t.theFacilityKeepsThemUntil}
            <Time value={limit} exact />
            {t.atTheLatest}
          </>
        ) : acquiring ? (
          t.howLongThatMayBeCounts
        ) : (
          t.theFacilitySetsNoLatestDate
        )}
      </Text>
    </ConfirmDialog>
  );
}
