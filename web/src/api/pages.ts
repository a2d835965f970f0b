/** One page of a list. */
interface Page {
  items?: readonly unknown[] | null;
  next?: string | null;
}

/** The next page on which there is something, or the last: a filtered list has pages on which nothing was found. */
export async function nextWithItems<T extends Page>(
  load: (cursor?: string) => Promise<T>,
  cursor?: string,
): Promise<T> {
  let page = await load(cursor);
  while (!page.items?.length && page.next) page = await load(page.next);
  return page;
}
