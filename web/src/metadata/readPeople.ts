/** Somebody whom the facility's metadata file names. */
export interface Contact {
  name?: string;
  email?: string;
  affiliation?: string;
}

/** What the facility's metadata file says of people. */
export interface People {
  contacts: Contact[];
  /** Its other personal keys, by their path. */
  others: { key: string; text: string }[];
}

/** Reads the answer of the server: `{}`, or contacts and all personal keys, of which some are the contacts again. */
export function readPeople(document: unknown): People {
  const { contacts, keys } = asObject(document);
  const people = (Array.isArray(contacts) ? contacts : []).map(asObject).map(({ name, email, affiliation }) => ({
    name: textOf(name),
    email: textOf(email),
    affiliation: textOf(affiliation),
  }));
  const known = new Set(people.flatMap(Object.values));
  return { contacts: people, others: leaves(keys, []).filter(({ text }) => text !== "" && !known.has(text)) };
}

function leaves(value: unknown, path: string[]): { key: string; text: string }[] {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]))
    : [{ key: path.join("."), text: textOf(value) ?? "" }];
}

function asObject(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
