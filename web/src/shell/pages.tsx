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

/** A page of the portal that is reached from every page. */
export interface Place {
  to: string;
  label: string;
  icon: ReactNode;
  /** Who may open it: holders of one of these roles; everybody without them. */
  roles?: string[];
}

export const places: Place[] = [
  { to: "/", label: "Home", icon: <HomeIcon /> },
  { to: "/datasets", label: "Datasets", icon: <DatasetIcon /> },
  { to: "/live", label: "Live", icon: <GaugeIcon /> },
  { to: "/groups", label: "Groups", icon: <UsersIcon /> },
  { to: "/tokens", label: "Tokens", icon: <KeyIcon /> },
];

/** Pages of an account: at a site they are those of its zone, where the same login counts. */
export const atZone = ["/groups", "/tokens"];

/** For visitors without a login. */
export const publicPlaces: Place[] = [{ to: "/datasets", label: "Public datasets", icon: <DatasetIcon /> }];

const operators = ["operator", "site-admin", "administrator"];
const withAuditors = ["operator", "site-admin", "auditor", "administrator"];

export const administration: Place[] = [
  { to: "/admin/activity", label: "Activity", icon: <PulseIcon />, roles: operators },
  { to: "/admin/facility", label: "Facility", icon: <FolderIcon />, roles: operators },
  { to: "/admin/users", label: "Users", icon: <UserIcon />, roles: ["administrator"] },
  { to: "/admin/storage", label: "Storage", icon: <ChartIcon />, roles: withAuditors },
  { to: "/admin/jobs", label: "Jobs", icon: <SettingsIcon />, roles: operators },
  { to: "/admin/servers", label: "Servers", icon: <ServerIcon />, roles: operators },
  { to: "/admin/sites", label: "Sites", icon: <SiteIcon />, roles: withAuditors },
  { to: "/admin/audit", label: "Audit log", icon: <ClockIcon />, roles: ["auditor", "administrator"] },
];
