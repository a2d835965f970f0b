import { ActionIcon, Tooltip } from "@mantine/core";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { CollapseIcon, ExpandIcon } from "../components/icons";
import { isTyping } from "../components/isTyping";
import { fullscreen as t } from "../messages/en";
import classes from "./FullScreen.module.css";

const FullScreenContext = createContext<{ isFull: boolean; toggle: () => void } | null>(null);

/** What can fill the screen: by its button and the key F; Escape ends it. */
export function FullScreen({ children }: { children: ReactNode }) {
  const [isFull, setFull] = useState(false);
  const context = useMemo(() => {
    const set = (full: boolean) => {
      setFull(full);
      // The whole page, because menus and dialogs are outside of this part. If the browser refuses, the part fills the window.
      if (full) document.documentElement.requestFullscreen?.().catch(() => undefined);
      else if (document.fullscreenElement) document.exitFullscreen().catch(() => undefined);
    };
    return { isFull, toggle: () => set(!isFull), end: () => set(false) };
  }, [isFull]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "f") context.toggle();
      else if (event.key === "Escape" && isFull) context.end();
    };
    const onChange = () => document.fullscreenElement === null && setFull(false);
    document.addEventListener("keydown", onKey);
    document.addEventListener("fullscreenchange", onChange);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("fullscreenchange", onChange);
    };
  }, [context, isFull]);
  return (
    <FullScreenContext.Provider value={context}>
      <div className={isFull ? classes.full : undefined}>{children}</div>
    </FullScreenContext.Provider>
  );
}

/** The button of what can fill the screen; nothing where nothing can. */
export function FullScreenButton() {
  const context = useContext(FullScreenContext);
  if (!context) return null;
  const label = context.isFull ? t.leaveFullScreen : t.fullScreen;
  return (
    <Tooltip label={`${label} (F)`}>
      <ActionIcon
        variant="default"
        size={30}
        aria-label={label}
        aria-keyshortcuts="f"
        onClick={context.toggle}
        data-testid="full-screen"
      >
        {context.isFull ? <CollapseIcon size={16} /> : <ExpandIcon size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}
