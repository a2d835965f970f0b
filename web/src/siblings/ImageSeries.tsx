import { Anchor, Center, Group, Paper, Slider, Stack, Text } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { encodePath, entryUrl } from "../api/base";
import { Name } from "../components/Name";
import type { Dataset } from "../dataset/context";
import { siblings as t } from "../messages/en";
import { formatCount } from "../text/format";
import { type Entry, useFolderFiles } from "./entries";
import classes from "./ImageSeries.module.css";
import { seriesOf } from "./series";

interface Props {
  dataset: Dataset;
  at: string | undefined;
  entry: Entry;
  /** The browser cannot show this file. */
  onRefused: () => void;
}

/** An image; when its name has a number, with a slider through the others of its series. */
export function ImageSeries({ dataset, at, entry, onRefused }: Props) {
  const folder = useFolderFiles(dataset.id, entry.path, at).data;
  const [chosen, setChosen] = useState<number>();
  const [refused, setRefused] = useState<string>();
  const series = useMemo(() => seriesOf(folder?.files ?? [], entry.path), [folder, entry.path]);
  const own = series.findIndex((each) => each.path === entry.path);
  const index = Math.min(chosen ?? own, series.length - 1);
  const path = series[index]?.path ?? entry.path;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isOther = path !== entry.path;
  return (
    <Stack gap="xs">
      <Paper withBorder className={classes.image}>
        <Center mih={160}>
          {refused === path ? (
            <Text size="sm" p="md">
              {t.theBrowserCannotShow}
              <Name>{name}</Name>.
            </Text>
          ) : (
            <img
              src={entryUrl(dataset.id, path, { at })}
              alt={name}
              onError={() => (isOther ? setRefused(path) : onRefused())}
            />
          )}
        </Center>
      </Paper>
      {own >= 0 && (
        <Group gap="md">
          <Slider
            flex="1 1 240px"
            min={1}
            max={series.length}
            value={index + 1}
            onChange={(place) => setChosen(place - 1)}
            label={(place) => formatCount(place)}
            thumbLabel={t.imageOfTheSeries}
          />
          <Text size="sm" c="dimmed" role="status" miw={0} maw="100%">
            <Name>{name}</Name>, {formatCount(index + 1)}
            {t.of}
            {formatCount(series.length)}
            {folder?.isWhole === false && t.inTheFirstPart}
          </Text>
          {isOther && (
            <Anchor
              component={Link}
              size="sm"
              to={`/datasets/${dataset.id}/files/${encodePath(path)}${at ? `?at=${encodeURIComponent(at)}` : ""}`}
            >
              {t.openThisFile}
            </Anchor>
          )}
        </Group>
      )}
    </Stack>
  );
}
