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

/** Actions on the whole dataset. */
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
          <ActionIcon variant="default" size={36} aria-label="Dataset actions">
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayDerive && (
            <Menu.Item component={Link} to={`/new?from=${dataset.id}`} leftSection={<BranchIcon size={16} />}>
              Derive new dataset
            </Menu.Item>
          )}
          {mayVerify && (
            <Menu.Item leftSection={<CheckIcon size={16} />} onClick={() => setQuestion("verify")}>
              Verify data
            </Menu.Item>
          )}
          {canManage && dataset.state === "open" && (
            <Menu.Item leftSection={<LockIcon size={16} />} onClick={() => setQuestion("close")}>
              Close dataset
            </Menu.Item>
          )}
          {canManage && isHere && (
            <Menu.Item leftSection={<TrashIcon size={16} />} onClick={() => setQuestion("trash")}>
              Delete dataset
            </Menu.Item>
          )}
          {canManage && dataset.state === "trash" && (
            <>
              <Menu.Item onClick={() => setQuestion("restore")}>Restore</Menu.Item>
              <Menu.Item onClick={() => setQuestion("purge")}>Delete permanently</Menu.Item>
            </>
          )}
          {!mayDerive && dataset.state === "gone" && <Menu.Item disabled>Data permanently deleted</Menu.Item>}
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
        title="Close this dataset?"
        action="Close dataset"
        isOpen={question === "close"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/close", { ...params, body: { message: text || undefined } }));
          await tell("Dataset closed.");
        }}
      >
        <Text size="sm">
          The files become read-only for good. Others can then derive from the dataset and cite it. You cannot undo
          this.
        </Text>
        <TextInput
          label="Message for the final version"
          placeholder="Final data"
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          data-autofocus
        />
      </ConfirmDialog>
      <ConfirmDialog
        title="Delete this dataset?"
        action="Move to trash"
        isDangerous
        isOpen={question === "trash"}
        onClose={close}
        onConfirm={async () => {
          await must(api.DELETE("/datasets/{id}", params));
          await tell("Dataset moved to the trash.");
          navigate("/trash");
        }}
      >
        <Text size="sm">
          <Name wrap>{dataset.name}</Name> moves to the trash. Its files cannot be read there, and you can restore it
          for 30 days.
        </Text>
      </ConfirmDialog>
      <ConfirmDialog
        title="Restore this dataset?"
        action="Restore"
        isOpen={question === "restore"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/restore", params));
          await tell("Dataset restored.");
        }}
      >
        <Text size="sm">Its files, metadata and access come back as they were.</Text>
      </ConfirmDialog>
      <ConfirmDialog
        title="Delete permanently?"
        action="Delete permanently"
        isDangerous
        isReady={text.trim() !== ""}
        isOpen={question === "purge"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/purge", { ...params, body: { reason: text.trim() } }));
          await tell("The files are deleted.");
        }}
      >
        <Stack gap="xs">
          <Text size="sm">
            The files cannot be recovered. The name, the record of the dataset and your reason are kept.
          </Text>
          <Textarea
            label="Reason"
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
