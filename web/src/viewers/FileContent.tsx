import { Alert, Group, SegmentedControl, Stack } from "@mantine/core";
import { type ReactNode, Suspense, useCallback, useState } from "react";
import { Loading } from "../components/Loading";
import { FullScreen, FullScreenButton } from "../fullscreen/FullScreen";
import { viewers as t } from "../messages/en";
import { CopyLink } from "../saving/CopyLink";
import { NotShown } from "../unshown/NotShown";
import { pageBytes } from "./hex";
import { viewers } from "./registry";
import { useBytes } from "./TextStart";
import { useFile } from "./useFile";
import { chooseViewers, type ViewerProps } from "./viewer";

/** The content of a file in the best viewer for it; the other viewers that can show it are tabs. */
export function FileContent({
  bar,
  ...props
}: Pick<ViewerProps, "dataset" | "at" | "entry"> & {
  /** Facts and actions of the file, in the line of the tabs. */
  bar?: ReactNode;
}) {
  const file = useFile(props);
  const [declined, setDeclined] = useState<ReadonlyMap<string, string | undefined>>(new Map());
  const [chosen, setChosen] = useState<string>();
  const { contentType, size } = file.entry;
  const facts = { name: file.name, contentType, size: size ?? 0, datasetType: file.dataset.type };
  const fitting = chooseViewers(viewers, facts).filter((each) => !declined.has(each.name));
  // A volume may have a name that texts have, too, such as `.map`: as a volume, it is no text.
  const usable = fitting.filter((each) => each.name !== "text" || fitting[0]?.name !== "volume");
  const shown = usable.find((each) => each.name === chosen) ?? usable[0];
  const name = shown?.name ?? "";
  const decline = useCallback((reason?: string) => setDeclined((before) => new Map(before).set(name, reason)), [name]);
  if (!shown) return null;
  return (
    <FullScreen>
      <Stack gap={6}>
        <Group justify="space-between" gap="xs">
          {usable.length > 1 ? (
            <SegmentedControl
              aria-label={t.viewAs}
              size="xs"
              w="fit-content"
              data={usable.map((each) => ({ value: each.name, label: each.title }))}
              value={name}
              onChange={setChosen}
            />
          ) : (
            <span />
          )}
          <Group gap="xs">
            {bar}
            <CopyLink />
            <FullScreenButton />
          </Group>
        </Group>
        {[...declined.values()].map(
          (reason) =>
            reason && (
              <Alert key={reason} variant="light" color="yellow" py="xs">
                {reason}
              </Alert>
            ),
        )}
        {usable.length === 1 && shown.name === "hex" && (
          <Unshown file={file} isRefused={[...declined.values()].some((reason) => reason)} />
        )}
        <Suspense fallback={<Loading />}>
          <shown.Component key={name} {...file} decline={decline} />
        </Suspense>
      </Stack>
    </FullScreen>
  );
}

function Unshown({ file, isRefused }: { file: Omit<ViewerProps, "decline">; isRefused: boolean }) {
  return <NotShown name={file.name} start={useBytes(file, 0, pageBytes).data} isRefused={isRefused} />;
}
