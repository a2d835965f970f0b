import { Group, Slider, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { ProblemAlert } from "../components/ProblemAlert";
import { useListState } from "../components/useListState";
import { Choice } from "../frames/Choice";
import { molecules as t } from "../messages/en";
import { useFolderFiles } from "../siblings/entries";
import { visibleText } from "../text/visible";
import { ZarrFile } from "../volumes/values/zarr";
import { isMap, readMap } from "./map";
import type { Stage } from "./stage";

/** Where the structure is. */
export interface Place {
  dataset: string;
  at: string | undefined;
  path: string;
}

const usualLevel = 3;
const mostLevel = 12;

/** The maps beside a structure: the chosen one is drawn as a surface around it. Map and level are in the address. */
export function MapChoice({ place: { dataset, at, path }, stage }: { place: Place; stage: Stage | undefined }) {
  const [{ map, level }, change] = useListState({ map: "", level: String(usualLevel) });
  const folder = useFolderFiles(dataset, path, at);
  const maps = folder.data?.files.filter((file) => file.kind === "file" && isMap(file.path)) ?? [];
  const chosen = maps.find((file) => nameOf(file.path) === map);
  const file = useMemo(() => chosen && new ZarrFile(dataset, chosen.path, at), [dataset, chosen, at]);
  const query = useQuery({
    queryKey: ["density-map", dataset, chosen?.path, chosen?.hash, at],
    queryFn: ({ signal }) => readMap(file as ZarrFile, signal),
    enabled: file !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
    structuralSharing: false,
  });
  const sigmas = Number.isFinite(Number(level)) ? Math.min(mostLevel, Math.max(0, Number(level))) : usualLevel;
  const shown = chosen ? query.data : undefined;
  useEffect(() => stage?.setMap(shown, sigmas), [stage, shown, sigmas]);
  if (maps.length === 0) return null;
  return (
    <>
      <Group gap="md" align="end">
        <Choice
          label={t.mapBesideIt}
          of={[
            { value: "", label: t.noMap },
            ...maps.map((each) => ({ value: nameOf(each.path), label: visibleText(nameOf(each.path)) })),
          ]}
          value={chosen ? map : ""}
          onChange={(name) => change({ map: name })}
        />
        {shown && (
          <div style={{ flex: "1 1 180px", maxWidth: 320 }}>
            <Text size="xs">{t.levelOf(sigmas)}</Text>
            <Slider
              size="sm"
              label={null}
              thumbLabel={t.level}
              min={0}
              max={mostLevel}
              step={0.1}
              value={sigmas}
              onChange={(value) => change({ level: String(Number(value.toFixed(1))) })}
            />
          </div>
        )}
        {chosen && query.isPending && <Text size="xs">{t.loadingTheMap}</Text>}
      </Group>
      <ProblemAlert error={chosen ? query.error : undefined} title={t.couldNotReadTheMap} />
    </>
  );
}

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
