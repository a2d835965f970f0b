import type { Schemas } from "../api/client";

/** What a person asks for in the dialog of a new token. */
export interface WantedToken {
  name: string;
  scopes: string[];
  /** Seconds until it ends; empty for the longest time that the server allows. */
  life: string;
  dataset: string;
  /** A folder of the dataset, only of a key that is narrowed. */
  folder: string;
  kind: "token" | "s3" | "key";
  /** Names of other sites, separated by blanks or commas; not of a plain token. */
  sites: string;
}

/** The scopes that a key can have: it never has a role. */
export const scopesOfKeys = ["read", "write", "manage"];

export function kindOf(isS3: boolean, isNarrowable: boolean): WantedToken["kind"] {
  if (isNarrowable) return "key";
  return isS3 ? "s3" : "token";
}

export function requestOf(wanted: WantedToken): Schemas["CreateToken"] {
  const isKey = wanted.kind === "key";
  const dataset = wanted.dataset.trim();
  const folder = wanted.folder.trim().replace(/^\/+|\/+$/g, "");
  const sites = wanted.sites.trim();
  return {
    name: wanted.name.trim() || undefined,
    scopes: isKey ? wanted.scopes.filter((scope) => scopesOfKeys.includes(scope)) : wanted.scopes,
    expiresIn: wanted.life === "" ? undefined : Number(wanted.life),
    dataset: dataset || undefined,
    folder: (isKey && dataset && folder) || undefined,
    narrowable: isKey || undefined,
    s3: wanted.kind === "s3" || undefined,
    sites: wanted.kind !== "token" && sites ? sites.split(/[\s,]+/) : undefined,
  };
}
