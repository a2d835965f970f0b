import { Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { components as t } from "../messages/en";

interface MoreButtonProps {
  /** The result of `useInfiniteQuery`. */
  list: {
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    isFetchNextPageError: boolean;
    fetchNextPage: () => unknown;
  };
  /** Loads the next page by itself when the end of the list comes near. */
  isEager?: boolean;
}

const eagerMargin = "1500px 0px";

/** Loads the next page of a list; hidden on the last one. */
export function MoreButton({ list, isEager = false }: MoreButtonProps) {
  const button = useRef<HTMLButtonElement>(null);
  const latest = useRef(list);
  latest.current = list;
  // After a failure, the button asks again.
  const mayLoad = isEager && list.hasNextPage && !list.isFetchingNextPage && !list.isFetchNextPageError;
  useEffect(() => {
    if (!mayLoad || !button.current) return;
    const observer = new IntersectionObserver(
      (seen) => seen.some(({ isIntersecting }) => isIntersecting) && latest.current.fetchNextPage(),
      { rootMargin: eagerMargin },
    );
    observer.observe(button.current);
    return () => observer.disconnect();
  }, [mayLoad]);
  if (!list.hasNextPage) return null;
  return (
    <Button
      ref={button}
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
