import { Button } from "@mantine/core";

interface MoreButtonProps {
  /** What `useInfiniteQuery` says of the list. */
  list: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
}

/** Below a list that comes in pages: brings the next one, and is gone when there is none. */
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
      Show more
    </Button>
  );
}
