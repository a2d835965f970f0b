import { Button, NativeSelect, Popover, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { serverAddress } from "../api/base";
import { CopyField } from "../components/CopyField";
import { DownloadIcon } from "../components/icons";
import { dataset as t } from "../messages/en";
import { waysToOpenFile, withPrograms } from "../open/files";
import { keepProgram, keptProgram } from "../open/program";
import { waysToOpen } from "../open/ways";
import { useSession } from "../session/session";
import { useServer } from "../session/useSiteName";
import type { Dataset } from "./context";
import { useHasFrames } from "./useHasFrames";

/** Whether everybody can read it: an embargo has ended. */
function isPublicNow({ visibility, publicAfter }: Dataset): boolean {
  return visibility === "public" && (!publicAfter || new Date(publicAfter) <= new Date());
}

interface OpenWithProps {
  dataset: Dataset;
  /** A file of it; without one, the dataset is opened. */
  path?: string;
  /** Whether the path is a folder that is one thing, such as a store of Zarr. */
  isFolder?: boolean;
}

/** The lines that open the dataset, or a file of it, in other programs; nothing for a file that none is known to open. */
export function OpenWith({ dataset, path, isFolder = false }: OpenWithProps) {
  const at = useSearchParams()[0].get("at") ?? undefined;
  const { me } = useSession();
  const server = useServer().data;
  const hasFrames = useHasFrames(dataset, path === undefined);
  const [program, setProgram] = useState(keptProgram);
  const facts = {
    server: serverAddress,
    id: dataset.id,
    name: dataset.name,
    slug: dataset.slug,
    isPublic: isPublicNow(dataset),
    isClosed: dataset.state === "closed",
    hasFrames,
    hasGit: server?.git ?? false,
    at,
    isVisitor: me === null,
    user: me?.user ?? undefined,
    s3: server?.s3Url,
    jupyterHub: server?.jupyterHub,
  };
  const [type, programs] = [dataset.type ?? undefined, server?.openWith ?? []];
  const ways =
    path === undefined
      ? withPrograms(waysToOpen(facts), facts, type, programs)
      : waysToOpenFile({ ...facts, path, isFolder }, type, programs);
  if (ways.length === 0) return null;
  const way = ways.find((one) => one.program === program) ?? ways[0];
  return (
    <Popover width={480} position="bottom-end" trapFocus returnFocus shadow="md" withinPortal>
      <Popover.Target>
        <Button
          variant="default"
          size={path === undefined ? undefined : "xs"}
          leftSection={<DownloadIcon size={path === undefined ? 16 : 14} />}
        >
          {t.openWith}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw="calc(100vw - 32px)">
        <Stack gap="xs">
          <NativeSelect
            label={at ? t.openVersion(at) : t.openWith}
            data={ways.map((one) => one.program)}
            value={way?.program}
            onChange={(event) => {
              setProgram(event.currentTarget.value);
              keepProgram(event.currentTarget.value);
            }}
          />
          {way?.href && (
            <Button component="a" href={way.href} target="_blank" rel="noopener" variant="light">
              {t.openIn(way.program)}
            </Button>
          )}
          {way?.lines.map(({ label, value }, index) => (
            <Stack key={label} gap={4}>
              {index === 1 && way.note && (
                <Text size="xs" c="dimmed">
                  {way.note}
                </Text>
              )}
              <CopyField label={label} value={value} isBlock={value.includes("\n")} />
            </Stack>
          ))}
          {way?.note && way.lines.length < 2 && (
            <Text size="xs" c="dimmed">
              {way.note}
            </Text>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
