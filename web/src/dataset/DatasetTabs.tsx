import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "react-router";
import { api, must } from "../api/client";
import {
  ChartIcon,
  ClockIcon,
  FolderIcon,
  FrameIcon,
  InfoIcon,
  LockIcon,
  MicroscopeIcon,
  SettingsIcon,
} from "../components/icons";
import { dataset as t } from "../messages/en";
import { type DatasetContext, hasRight, isHere } from "./context";
import classes from "./DatasetPage.module.css";
import { useHasSites } from "./useCopies";
import { useHasFrames } from "./useHasFrames";
import { useHasSession } from "./useHasSession";
import { usePrograms } from "./usePrograms";

interface Tab {
  name: string;
  label: string;
  isShown: boolean;
}

/** Pages under one tab; a group of one page has the name of that page. */
interface TabGroup {
  label: string;
  icon: ReactNode;
  tabs: Tab[];
}

interface DatasetTabsProps {
  context: DatasetContext;
  loadFrames: () => Promise<unknown>;
}

/** What a page needs at once has been asked for by then. */
const restMs = 300;

/** Tabs of a dataset; each page has its own URL. */
export function DatasetTabs({ context: { dataset, canManage }, loadFrames }: DatasetTabsProps) {
  const here = useLocation().pathname.split("/")[3] ?? "files";
  const bar = useRef<HTMLDivElement>(null);
  // On a phone the current tab may be out of view.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when the tab changes
  useEffect(() => {
    bar.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [here]);
  const canRead = isHere(dataset) && hasRight(dataset, "read");
  const hasFrames = useHasFrames(dataset, canRead);
  const hasSession = useHasSession(dataset, canRead);
  useLoadedFrames(hasFrames, loadFrames);
  const hasPrograms = (usePrograms().data?.items.length ?? 0) > 0;
  const hasResults = useHasResults(dataset.id, canRead && !hasFrames && (hasPrograms || dataset.kind !== "original"));
  const hasSites = useHasSites(dataset, canRead);
  const one = (name: string, label: string, isShown: boolean) => ({ name, label, isShown });
  const groups: TabGroup[] = [
    { label: t.files, icon: <FolderIcon size={16} />, tabs: [one("files", t.files, canRead)] },
    { label: t.frames, icon: <FrameIcon size={16} />, tabs: [one("frames", t.frames, hasFrames)] },
    {
      label: t.microscope,
      icon: <MicroscopeIcon size={16} />,
      tabs: [one("microscope", t.microscope, hasSession || (canRead && here === "microscope"))],
    },
    { label: t.metadata, icon: <InfoIcon size={16} />, tabs: [one("metadata", t.metadata, true)] },
    {
      label: t.analysis,
      icon: <ChartIcon size={16} />,
      tabs: [one("analysis", t.analysis, canRead && (hasFrames || hasResults || here === "analysis"))],
    },
    {
      label: t.history,
      icon: <ClockIcon size={16} />,
      tabs: [
        one("versions", t.versions, true),
        one("lineage", t.lineage, true),
        one("activity", t.activity, canManage),
      ],
    },
    {
      label: t.accessAndPublish,
      icon: <LockIcon size={16} />,
      tabs: [
        one("access", t.access, canManage && isHere(dataset)),
        one("publication", t.publish, canManage && isHere(dataset)),
      ],
    },
    {
      label: t.settings,
      icon: <SettingsIcon size={16} />,
      tabs: [one("settings", t.general, canManage), one("sites", t.sites, hasSites)],
    },
  ];
  const shown = groups
    .map((group) => ({ ...group, tabs: group.tabs.filter((tab) => tab.isShown) }))
    .filter((group) => group.tabs.length > 0);
  const current = shown.find((group) => group.tabs.some((tab) => tab.name === here));
  const addressOf = (name = "files") => `/datasets/${dataset.id}${name === "files" ? "" : `/${name}`}`;
  return (
    <nav aria-label={t.dataset} className={classes.bars}>
      <div ref={bar} className={classes.tabs}>
        {shown.map(({ label, icon, tabs }) => (
          <Link
            key={label}
            to={addressOf(tabs[0]?.name)}
            className={classes.tab}
            aria-current={label !== current?.label ? undefined : tabs.length > 1 ? "true" : "page"}
          >
            {icon}
            {tabs.length > 1 || tabs[0]?.name === "settings" ? label : tabs[0]?.label}
          </Link>
        ))}
      </div>
      {current && current.tabs.length > 1 && (
        <div className={classes.parts}>
          {current.tabs.map(({ name, label }) => (
            <Link
              key={name}
              to={addressOf(name)}
              className={classes.part}
              aria-current={here === name ? "page" : undefined}
            >
              {label}
            </Link>
          ))}
        </div>
      )}
    </nav>
  );
}

/** Loads the frame viewer while the page is at rest, so that the first frame need not wait for it. */
function useLoadedFrames(hasFrames: boolean, load: () => Promise<unknown>): void {
  useEffect(() => {
    if (!hasFrames) return;
    // What fails here is loaded again by the click, which says why it fails.
    const timer = window.setTimeout(() => void load().catch(() => undefined), restMs);
    return () => window.clearTimeout(timer);
  }, [hasFrames, load]);
}

/** Whether a run read or wrote the dataset. */
function useHasResults(id: string, isAsked: boolean): boolean {
  const query = useQuery({
    queryKey: ["runs", id],
    queryFn: () => must(api.GET("/runs", { params: { query: { dataset: id } } })),
    enabled: isAsked,
  });
  return (query.data?.items?.length ?? 0) > 0;
}
