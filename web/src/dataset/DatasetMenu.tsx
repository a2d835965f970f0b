import { ActionIcon, Menu, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useNavigate } from "react-router";
import { api, must } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { BranchIcon, CheckIcon, LockIcon, MoreIcon, TrashIcon } from "../components/icons";
import { Name } from "../components/Name";
import { dataset as t } from "../messages/en";
import { plural } from "../text/format";
import { type DatasetContext, hasRight } from "./context";
import { VerifyDialog } from "./VerifyDialog";

type Question = "verify" | "keep" | "close" | "trash" | "restore" | "purge";

/** Actions on the whole dataset. */
export function DatasetMenu({ context }: { context: DatasetContext }) {
  const { dataset, canManage } = context;
  const [question, setQuestion] = useState<Question>();
  const mayDerive = dataset.state === "closed" && hasRight(dataset, "derive");
  const isHere = dataset.state === "open" || dataset.state === "closed";
  const mayVerify = isHere && dataset.files > 0 && hasRight(dataset, "read");
  const mayCompare = isHere && hasRight(dataset, "read");
  if (!mayDerive && !mayCompare && !canManage) return null;
  return (
    <>
      <Menu position="bottom-end" width={230}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label={t.datasetActions}>
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {mayDerive && (
            <Menu.Item component={Link} to={`/new?from=${dataset.id}`} leftSection={<BranchIcon size={16} />}>
              {t.deriveNewDataset}
            </Menu.Item>
          )}
          {mayCompare && (
            <Menu.Item component={Link} to={`/compare?left=${dataset.id}`} leftSection={<BranchIcon size={16} />}>
              {t.compareWith}
            </Menu.Item>
          )}
          {mayVerify && (
            <Menu.Item leftSection={<CheckIcon size={16} />} onClick={() => setQuestion("verify")}>
              {t.verifyData}
            </Menu.Item>
          )}
          {canManage && isHere && dataset.expires && (
            <Menu.Item leftSection={<CheckIcon size={16} />} onClick={() => setQuestion("keep")}>
              {t.keepDataset}
            </Menu.Item>
          )}
          {canManage && dataset.state === "open" && (
            <Menu.Item leftSection={<LockIcon size={16} />} onClick={() => setQuestion("close")}>
              {t.closeDataset}
            </Menu.Item>
          )}
          {canManage && isHere && (
            <Menu.Item leftSection={<TrashIcon size={16} />} onClick={() => setQuestion("trash")}>
              {t.deleteDataset}
            </Menu.Item>
          )}
          {canManage && dataset.state === "trash" && (
            <>
              <Menu.Item onClick={() => setQuestion("restore")}>{t.restore}</Menu.Item>
              <Menu.Item onClick={() => setQuestion("purge")}>{t.deletePermanently}</Menu.Item>
            </>
          )}
          {!mayDerive && dataset.state === "gone" && <Menu.Item disabled>{t.dataPermanentlyDeleted}</Menu.Item>}
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
        title={t.keepThisDataset}
        action={t.keepDataset}
        isOpen={question === "keep"}
        onClose={close}
        onConfirm={async () => {
          const { missing } = await must(api.POST("/datasets/{id}/keep", params));
          await queries.invalidateQueries({ queryKey: ["todo"] });
          await tell(missing > 0 ? t.someFilesWereGone(plural(missing, t.countFiles)) : t.datasetKept);
        }}
      >
        <Text size="sm">{t.itDoesNotExpireAnyMore}</Text>
      </ConfirmDialog>
      <ConfirmDialog
        title={t.closeThisDataset}
        action={t.closeDataset}
        isOpen={question === "close"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/close", { ...params, body: { message: text || undefined } }));
          await tell(t.datasetClosed);
        }}
      >
        <Text size="sm">{t.theFilesBecomeReadOnly}</Text>
        <TextInput
          label={t.messageForTheFinalVersion}
          placeholder={t.finalData}
          value={text}
          onChange={(e) => setText(e.currentTarget.value)}
          data-autofocus
        />
      </ConfirmDialog>
      <ConfirmDialog
        title={t.deleteThisDataset}
        action={t.moveToTrash}
        isDangerous
        isOpen={question === "trash"}
        onClose={close}
        onConfirm={async () => {
          await must(api.DELETE("/datasets/{id}", params));
          await tell(t.datasetMovedToTheTrash);
          navigate("/trash");
        }}
      >
        <Text size="sm">
          <Name wrap>{dataset.name}</Name>
          {t.movesToTheTrashItsFiles}
        </Text>
      </ConfirmDialog>
      <ConfirmDialog
        title={t.restoreThisDataset}
        action={t.restore}
        isOpen={question === "restore"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/restore", params));
          await tell(t.datasetRestored);
        }}
      >
        <Text size="sm">{t.itsFilesMetadataAndAccessCome}</Text>
      </ConfirmDialog>
      <ConfirmDialog
        title={t.deletePermanently2}
        action={t.deletePermanently}
        isDangerous
        isReady={text.trim() !== ""}
        isOpen={question === "purge"}
        onClose={close}
        onConfirm={async () => {
          await must(api.POST("/datasets/{id}/purge", { ...params, body: { reason: text.trim() } }));
          await tell(t.theFilesAreDeleted);
        }}
      >
        <Stack gap="xs">
          <Text size="sm">{t.theFilesCannotBeRecovered}</Text>
          <Textarea
            label={t.reason}
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
