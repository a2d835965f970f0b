/** What somebody typed in a form and did not store. It lives in this window through a reload, another page and the login of a provider. */
export function keptDraft<T>(key: string): T | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(key) ?? "null") as T | null) ?? undefined;
  } catch {
    // No storage in this browser, or something else in it.
    return undefined;
  }
}

/** Keeps what is being written; undefined when it is stored or given up. */
export function keepDraft(key: string, draft: unknown): void {
  try {
    if (draft === undefined) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(draft));
  } catch {
    // Without room in the storage it lives as long as the page.
  }
}

/** The key of a form of a user: drafts of others in the same window stay apart. */
export function draftKey(user: string | undefined, form: string): string {
  return `hutch.draft.${user ?? ""}.${form}`;
}
