import { session as t } from "../messages/en";

/** What a person can allow a site, from the least to the most; each in the words of the interface. */
export const choices = ["read held", "read", "read write manage held", "read write manage"] as const;

export type Choice = (typeof choices)[number];

/** The choice with these scopes; the least for scopes that no choice has. */
export function choiceOf(scopes: readonly string[]): Choice {
  return choices.find((choice) => choice === scopes.join(" ")) ?? "read held";
}

export const scopesOf = (choice: Choice): string[] => choice.split(" ");

/** A choice as a sentence about the site. */
export function describeChoice(choice: Choice, site: string): string {
  switch (choice) {
    case "read held":
      return t.readWhatIsThere(site);
    case "read":
      return t.readEverything;
    case "read write manage held":
      return t.changeWhatIsThere(site);
    default:
      return t.changeEverything;
  }
}

/** The warning about a choice that reaches beyond the site; undefined for none. */
export function warningOf(choice: Choice): string | undefined {
  if (choice.endsWith("held")) return undefined;
  return choice === "read" ? t.thisSiteCanThenReadEverything : t.thisSiteCanThenChangeEverything;
}

/** The site of the page: the client of the login that waits, whatever else a link says; otherwise by its name. */
export function siteOf(search: string): string {
  const query = new URLSearchParams(search);
  return query.get("client_id") ?? query.get("site") ?? "";
}

/** The query of the login that waits; undefined where none does. */
export function waitingOf(search: string): string | undefined {
  return new URLSearchParams(search).has("client_id") ? search : undefined;
}
