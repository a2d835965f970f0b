import { Anchor, Box, Group, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Link, useNavigate } from "react-router";
import { encodePath } from "../api/base";
import { Name } from "../components/Name";
import type { Dataset } from "../dataset/context";
import { siblings as t } from "../messages/en";
import { formatCount } from "../text/format";
import { findEntry, useFolderFiles } from "./entries";
import { neighboursIn, pathBy } from "./series";

interface Props {
  dataset: Dataset;
  path: string;
  at: string | undefined;
}

interface Beside {
  previous: string | undefined;
  next: string | undefined;
  place?: number;
  count?: number;
  isLoading?: boolean;
}

/** The previous and the next file of a folder. The arrow keys go there when nothing else has the keyboard. */
export function Neighbours({ dataset, path, at }: Props) {
  const { previous, next, place, count, isLoading } = useBeside(dataset.id, path, at);
  const search = at ? `?at=${encodeURIComponent(at)}` : "";
  const addressOf = (to: string | undefined) => to && `/datasets/${dataset.id}/files/${encodePath(to)}${search}`;
  const left = addressOf(previous);
  const right = addressOf(next);
  useArrowKeys(left, right);
  // Its line is there from the start, so that the file does not move down.
  if (isLoading) return <Box h={22} w={200} data-loading />;
  if (!left && !right) return null;
  return (
    <Group component="nav" aria-label={t.filesOfThisFolder} wrap="nowrap" gap="sm" maw="100%">
      <Step to={left} path={previous} words={t.previous} sign="←" keys="ArrowLeft" />
      {place !== undefined && (
        <Text size="sm" c="dimmed" style={{ whiteSpace: "nowrap" }}>
          {t.of2(formatCount(place), formatCount(count))}
        </Text>
      )}
      <Step to={right} path={next} words={t.next} sign="→" keys="ArrowRight" />
    </Group>
  );
}

interface StepProps {
  to: string | undefined;
  path: string | undefined;
  words: string;
  sign: string;
  keys: string;
}

function Step({ to, path = "", words, sign, keys }: StepProps) {
  if (!to) return null;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isNext = keys === "ArrowRight";
  return (
    <Anchor
      component={Link}
      to={to}
      size="sm"
      aria-label={t.file(words, name)}
      aria-keyshortcuts={keys}
      style={{ minWidth: 0, maxWidth: 180, display: "flex", gap: 6 }}
    >
      {!isNext && <span aria-hidden>{sign}</span>}
      <Name>{name}</Name>
      {isNext && <span aria-hidden>{sign}</span>}
    </Anchor>
  );
}

/** In a folder that is too large to be ordered, the neighbours are those whose number is one less and one more. */
function useBeside(id: string, path: string, at: string | undefined): Beside {
  const query = useFolderFiles(id, path, at);
  const folder = query.data;
  const isByNumber = folder !== undefined && !folder.isWhole;
  const byNumber = useQuery({
    queryKey: ["neighbours", id, path, at ?? ""],
    queryFn: async (): Promise<Beside> => {
      const find = async (to: string | undefined) => to && (await findEntry(id, to, at))?.path;
      const [previous, next] = await Promise.all([find(pathBy(path, -1)), find(pathBy(path, 1))]);
      return { previous, next };
    },
    enabled: isByNumber,
  });
  const byName = useMemo(() => (folder?.isWhole ? neighboursIn(folder.files, path) : undefined), [folder, path]);
  const isLoading = query.isLoading || byNumber.isLoading;
  return byName ?? byNumber.data ?? { previous: undefined, next: undefined, isLoading };
}

function useArrowKeys(left: string | undefined, right: string | undefined): void {
  const navigate = useNavigate();
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const to = event.key === "ArrowLeft" ? left : event.key === "ArrowRight" ? right : undefined;
      const isFree = event.target === document.body || (event.target as Element | null)?.id === "main";
      const isOthers = !isFree || event.defaultPrevented;
      if (!to || isOthers || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      navigate(to);
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [left, right, navigate]);
}
