import { search as t } from "../messages/en";

const most = 3;

/** The first authors of a publication, and how many more there are. */
export function authorsOf(authors: string[]): string {
  const first = authors.slice(0, most).join("; ");
  return authors.length > most ? t.andMoreAuthors(first, authors.length - most) : first;
}
