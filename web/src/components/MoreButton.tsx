import { Button } from "@mantine/core";
import { components as t } from "../messages/en";

interface MoreButtonProps {
  /** The result of `useInfiniteQuery`. */
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** Loads the next page of a list; hidden on the last one. */
export function MoreButton({ list }: MoreButtonProps) {
  if (!list.hasNextPage) return null;
  return (
    <Button
      variant="default"
      size="xs"
      w="fit-content"
      onClick={() => list.fetchNextPage()}
      loading={list.isFetchingNextPage}
    >
      {t.showMore}
    </Button>
  );
}
