/** A document as the server has it. */
export interface Version {
  text: string;
  /** Its ETag. */
  tag: string;
}

/** What somebody is writing, and the version that it was made of. */
export interface Draft {
  text: string;
  base: Version;
}

function keyOf(user: string | undefined, dataset: string): string {
  return `hutch.metadata.${user ?? ""}.${dataset}`;
}

/** What this user was writing in this window when the page went away: a reload, another page, the login of a provider. */
export function keptDraft(user: string | undefined, dataset: string): Draft | undefined {
  try {
    const kept = JSON.parse(sessionStorage.getItem(keyOf(user, dataset)) ?? "null") as Draft | null;
    return kept ?? undefined;
  } catch {
    // No storage in this browser, or something else in it.
    return undefined;
  }
}

/** Keeps what is being written; undefined when it is stored or given up. */
export function keepDraft(user: string | undefined, dataset: string, draft: Draft | undefined): void {
  try {
    if (draft) sessionStorage.setItem(keyOf(user, dataset), JSON.stringify(draft));
    else sessionStorage.removeItem(keyOf(user, dataset));
  } catch {
    // Without room in the storage it lives as long as the page.
  }
}
