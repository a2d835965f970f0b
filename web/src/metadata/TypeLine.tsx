import { Button, Group, List, Modal, Select, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../api/client";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import type { DatasetContext } from "../dataset/context";
import { metadata as t } from "../messages/en";
import { plural } from "../text/format";
import { visibleText } from "../text/visible";
import { useType, useTypes } from "../types/useTypes";

/** The type by which the metadata are read, and for who may, another one. */
export function TypeLine({ context, text }: { context: DatasetContext; text: string }) {
  const { dataset, canManage } = context;
  const known = useType(dataset.type);
  const [isOpen, setOpen] = useState(false);
  const isKnown = known.data?.name === dataset.type;
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {t.type}
        {isKnown && `${visibleText(known.data?.title ?? "")}, `}
        <Name>{dataset.type}</Name>
        {known.data && !isKnown && t.thisServerDoesNotKnow}
      </Text>
      {canManage && (
        <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
          {t.changeType}
        </Button>
      )}
      <Modal
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t.changeTheType}
        centered
        closeButtonProps={{ "aria-label": t.close }}
      >
        <TypeForm context={context} text={text} onEnd={() => setOpen(false)} />
      </Modal>
    </Group>
  );
}

function TypeForm({
  context: { dataset, refresh },
  text,
  onEnd,
}: {
  context: DatasetContext;
  text: string;
  onEnd: () => void;
}) {
  const [type, setType] = useState(dataset.type);
  const types = useTypes();
  const work = useWork();
  const params = { path: { id: dataset.id } };
  const check = useQuery({
    queryKey: ["attributes-of", dataset.id, type, text],
    queryFn: () =>
      must(
        api.POST("/datasets/{id}/attributes", {
          params: { ...params, query: { type } },
          body: {},
          bodySerializer: () => text,
        }),
      ),
  });
  const change = work.onSubmit(async () => {
    await must(api.PATCH("/datasets/{id}", { params, body: { type } }));
    notifications.show({ message: t.typeChanged });
    await refresh();
    onEnd();
  });
  const all = types.data ?? [];
  return (
    <form onSubmit={change}>
      <Stack>
        <ProblemAlert error={work.error ?? types.error} title={t.couldNotChangeTheType} />
        <Select
          label={t.type2}
          description={t.theMetadataStayAsThey}
          data={[
            ...all.map(({ name, title }) => ({ value: name, label: `${visibleText(title)} (${name})` })),
            ...(all.some(({ name }) => name === dataset.type) ? [] : [dataset.type]),
          ]}
          value={type}
          onChange={(chosen) => setType(chosen ?? dataset.type)}
          allowDeselect={false}
          searchable
          data-autofocus
        />
        {check.data && (
          <Text size="sm" component="div" role="status">
            {plural(check.data.attributes.length, t.countValues)}
            {t.ofTheMetadata} {check.data.attributes.length === 1 ? "fits" : "fit"}
            {t.it} {check.data.problems.length > 0 && t.whatDoesNotFitYet}
            <List size="sm">
              {check.data.problems.slice(0, 5).map((problem) => (
                <List.Item key={`${problem.path} ${problem.message}`}>
                  <b>{visibleText(problem.path)}</b> {visibleText(problem.message)}
                </List.Item>
              ))}
            </List>
          </Text>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onEnd}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={work.isBusy} disabled={type === dataset.type}>
            {t.changeType}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
