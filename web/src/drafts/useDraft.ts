import { useCallback, useState } from "react";
import { useSession } from "../session/session";
import { draftKey, keepDraft, keptDraft } from "./store";

export interface FormDraft<T> {
  /** What the form shows: what was typed, or what is stored. */
  value: T;
  /** Something is typed that is not stored. */
  isChanged: boolean;
  change: (part: Partial<T>) => void;
  /** What was typed is stored, or given up. */
  drop: () => void;
}

/**
 * What a form shows. What is typed outlives the page: another tab, a reload, Back. No passwords and no secrets: the browser keeps it.
 * @param form Which form it is, with the id of what it is about.
 * @param stored What the server has, or what an empty form begins with.
 */
export function useDraft<T extends object>(form: string, stored: T): FormDraft<T> {
  const key = draftKey(useSession().me?.user, form);
  const [typed, setTyped] = useState(() => ({ key, value: keptDraft<Partial<T>>(key) }));
  // The form may become that of another dataset while it is seen.
  const draft = typed.key === key ? typed.value : keptDraft<Partial<T>>(key);
  const value = draft ? { ...stored, ...draft } : stored;
  const isChanged = draft !== undefined && JSON.stringify(value) !== JSON.stringify(stored);
  const change = (part: Partial<T>) => {
    // Only the typed fields: the others follow the server, even when another user changes them.
    const next = { ...draft, ...part };
    setTyped({ key, value: next });
    keepDraft(key, JSON.stringify({ ...stored, ...next }) === JSON.stringify(stored) ? undefined : next);
  };
  const drop = useCallback(() => {
    setTyped({ key, value: undefined });
    keepDraft(key, undefined);
  }, [key]);
  return { value, isChanged, change, drop };
}
