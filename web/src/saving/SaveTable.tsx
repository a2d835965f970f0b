import { Button } from "@mantine/core";
import { DownloadIcon } from "../components/icons";
import { ProblemAlert } from "../components/ProblemAlert";
import { useWork } from "../components/useWork";
import { saving as t } from "../messages/en";
import { saveFile } from "./save";

interface SaveTableProps {
  /** Writes the rows that are seen, in their order. */
  write: () => Promise<Blob | string> | string;
  /** The name of the file, without its ending. */
  name: string;
}

/** Saves what a table shows: after its filter, in its order. */
export function SaveTable({ write, name }: SaveTableProps) {
  const work = useWork();
  const save = () =>
    work.run(async () => {
      // The byte order mark makes Excel read the file as UTF-8.
      saveFile(new Blob(["\ufeff", await write()], { type: "text/csv;charset=utf-8" }), `${name}.csv`);
    });
  return (
    <>
      <Button size="xs" variant="default" leftSection={<DownloadIcon size={14} />} loading={work.isBusy} onClick={save}>
        {t.saveTable}
      </Button>
      <ProblemAlert error={work.error} title={t.couldNotSaveTheTable} />
    </>
  );
}
