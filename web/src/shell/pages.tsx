import type { ReactNode } from "react";
import {
  ChartIcon,
  ClockIcon,
  DatasetIcon,
  FolderIcon,
  GaugeIcon,
  HomeIcon,
  KeyIcon,
  PulseIcon,
  ServerIcon,
  SettingsIcon,
  SiteIcon,
  UserIcon,
  UsersIcon,
} from "../components/icons";
import { shell as t } from "../messages/en";

/** A page of the portal that is reached from every page. */
export interface Place {
  to: string;
  label: string;
  icon: ReactNode;
  /** Who may open it: holders of one of these roles; everybody without them. */
  roles?: string[];
}

export const places: Place[] = [
  { to: "/", label: t.home, icon: <HomeIcon /> },
  { to: "/datasets", label: t.datasets, icon: <DatasetIcon /> },
  { to: "/live", label: t.live, icon: <GaugeIcon /> },
  { to: "/groups", label: t.groups, icon: <UsersIcon /> },
  { to: "/tokens", label: t.tokens, icon: <KeyIcon /> },
];

/** Pages of an account: at a site they are those of its zone, where the same login counts. */
export const atZone = ["/groups", "/tokens"];

/** For visitors without a login. */
export const publicPlaces: Place[] = [{ to: "/datasets", label: t.publicDatasets, icon: <DatasetIcon /> }];

const operators = ["operator", "site-admin", "administrator"];
const withAuditors = ["operator", "site-admin", "auditor", "administrator"];

export const administration: Place[] = [
  { to: "/admin/activity", label: t.activity, icon: <PulseIcon />, roles: operators },
  { to: "/admin/facility", label: t.facility, icon: <FolderIcon />, roles: operators },
  { to: "/admin/users", label: t.users, icon: <UserIcon />, roles: ["administrator"] },
  { to: "/admin/storage", label: t.storage, icon: <ChartIcon />, roles: withAuditors },
  { to: "/admin/jobs", label: t.jobs, icon: <SettingsIcon />, roles: operators },
  { to: "/admin/servers", label: t.servers, icon: <ServerIcon />, roles: operators },
  { to: "/admin/sites", label: t.sites, icon: <SiteIcon />, roles: withAuditors },
  { to: "/admin/audit", label: t.auditLog, icon: <ClockIcon />, roles: ["auditor", "administrator"] },
];
