import { useEffect, useReducer, useState } from "react";
import { onServerBack } from "../api/reaching";
import { type Folder, Listing } from "./listing";

/** A folder, loaded as it is scrolled. A new `version` reloads it. */
export function useListing({ dataset, at, prefix, part, isDeep }: Folder, version: unknown): Listing {
  const [, redraw] = useReducer((n: number) => n + 1, 0);
  const [listing, setListing] = useState(() => new Listing({ dataset, at, prefix, part, isDeep }, redraw));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version needs a new listing
  useEffect(() => {
    const made = new Listing({ dataset, at, prefix, part, isDeep }, redraw);
    setListing(made);
    made.want(0, 0);
    const forget = onServerBack(() => made.error !== undefined && made.retry());
    return () => {
      forget();
      made.close();
    };
  }, [dataset, at, prefix, part, isDeep, version]);
  return listing;
}
