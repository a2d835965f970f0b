import { useEffect } from "react";

/** Names the page in the tab, and tells a screen reader where it is. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Hutch` : "Hutch";
  }, [title]);
}
