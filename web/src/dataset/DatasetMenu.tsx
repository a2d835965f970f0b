import { ActionIcon, Menu, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { BranchIcon, CheckIcon, LockIcon, MoreIcon, TrashIcon } from "../components/icons";
import { Name } from "../components/Name";
import { type DatasetContext, hasRight } from "./context";
import { VerifyDialog } from "./VerifyDialog";

type Question = "verify" | "close" | "trash" | "restore" | "purge";

/** What one can do with the whole dataset. */
export function DatasetMenu({ context }: { context: DatasetContext }) {
  const { dataset, canManage } = context;
  const [question, setQuestion] = useState<Question>();
  const mayDerive = dataset.state === "closed" && hasRight(dataset, "derive");
  const isHere = dataset.state === "open" || dataset.state === "closed";
  const mayVerify = isHere && dataset.files > 0 && hasRight(dataset, "read");
  if (!mayDerive && !mayVerify && !canManage) return null;
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More about this dataset">
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayDerive && (
            <Menu.Item component={Link} to={`/new?from=${dataset.id}`} leftSection={<BranchIcon size={16} />}>
              Derive a dataset
            </Menu.Item>
          )}
          {mayVerify && (
            <Menu.Item leftSection={<CheckIcon size={16} />} onClick={() => setQuestion("verify")}>
              Verify
            </Menu.Item>
          )}
          {canManage && dataset.state === "open" && (
            <Menu.Item leftSection={<LockIcon size={16} />} onClick={() => setQuestion("close")}>
              Close for ever
            </Menu.Item>
          )}
          {canManage && isHere && (
            <Menu.Item leftSection={<TrashIcon size={16} />} onClick={() => setQuestion("trash")}>
              Delete
            </Menu.Item>
          )}
          {canManage && dataset.state === "trash" && (
            <>
              <Menu.Item onClick={() => setQuestion("restore")}>Restore</Menu.Item>
              <Menu.Item onClick={() => setQuestion("purge")}>End its bytes now</Menu.Item>
            </>
          )}
          {!mayDerive && dataset.state === "gone" && <Menu.Item disabled>Only its record is left</Menu.Item>}
        </Menu.Dropdown>
      </Menu>
      <Questions question={question} context={context} onClose={() => setQuestion(undefined)} />
      {question === "verify" && <VerifyDialog dataset={dataset} onClose={() => setQuestion(undefined)} />}
    </>
  );
}

function Questions({
  question,
  context: { dataset, refresh },
  onClose,
}: {
  question: Question | undefined;
  context: DatasetContext;
  onClose: () => void;
}) {
  const [text, setText] = useState("");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const params = { params: { path: { id: dataset.id } } };
  const close = () => {
    setText("");
    onClose();
  };
  const tell = async (message: string) => {
    notifications.show({ message });
    await Promise.all([refresh(), queries.invalidateQueries({ queryKey: ["datasets"] })]);
  };
  return (
    <>
      <ConfirmDialog
        title="Close this dataset for ever?"
        action="Close it"
        isOpen={question === "close"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/close", { ...params, body: { message: text || undefined } }));
          await tell("The dataset is closed.");
        }}
      >
        <Text size="sm">
          Its files can never change again, and others can derive from it and cite it. This cannot be undone.
        </Text>
        <TextInput
          label="Message of its last version"
          placeholder="Final data"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          data-autofocus
        />
      </ConfirmDialog>
      <ConfirmDialog
        title="Delete this dataset?"
        action="Put it into the trash"
        isDangerous
        isOpen={question === "trash"}
        onClose={close}
        onConfirm={async () => {
          await must(api.DELETE("/datasets/{id}", params));
          await tell("The dataset is in the trash.");
          navigate("/trash");
        }}
      >
        <Text size="sm">
          <Name wrap>{dataset.name}</Name> goes to the trash, from where it can be restored for 30 days. Nobody can read
          it there.
        </Text>
      </ConfirmDialog>
      <ConfirmDialog
        title="Restore this dataset?"
        action="Restore it"
        isOpen={question === "restore"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/restore", params));
          await tell("The dataset is back.");
        }}
      >
        <Text size="sm">It comes back as it was, with everybody's rights.</Text>
      </ConfirmDialog>
      <ConfirmDialog
        title="End its bytes now?"
        action="End them"
        isDangerous
        isReady={text.trim() !== ""}
        isOpen={question === "purge"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/purge", { ...params, body: { reason: text.trim() } }));
          await tell("Its bytes are gone. The record stays.");
        }}
      >
        <Stack gap="xs">
          <Text size="sm">The files cannot be brought back by anybody. Record, name and the reason stay for ever.</Text>
          <Textarea
            label="Why"
            required
            autosize
            minRows={2}
            value={text}
            onChange={(e) => setText(e.currentTarget.value)}
            data-autofocus
          />
        </Stack>
      </ConfirmDialog>
    </>
  );
}
