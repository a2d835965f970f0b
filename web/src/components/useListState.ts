import { useState } from "react";
import { useAddressState } from "./useAddressState";

/** What a list shows (its filter, its order), kept in the address: a link shows the same, and so does Back. */
export function useListState<T extends Record<string, string>>(usual: T): [T, (change: Partial<T>) => void] {
  const [{ read, write }] = useState(() => ({
    read: (search: URLSearchParams) =>
      Object.fromEntries(Object.entries(usual).map(([name, value]) => [name, search.get(name) ?? value])) as T,
    write: (state: T, before: URLSearchParams) => {
      const after = new URLSearchParams(before);
      for (const [name, value] of Object.entries(state))
        if (value === usual[name]) after.delete(name);
        else after.set(name, value);
      return after;
    },
  }));
  return useAddressState(read, write);
}
