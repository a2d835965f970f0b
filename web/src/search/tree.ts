/** A value with its place in a tree. */
export interface Branch<T> {
  one: T;
  depth: number;
  /** Its name below the value above it. */
  label: string;
}

/**
 * Values in the order of a tree: each below the nearest value from which it comes, equals by their counts as before.
 * @param lineages For a value, itself and all from which it comes, the nearest first.
 */
export function asTree<T extends { value: string }>(
  values: T[],
  lineages: Map<string, readonly string[]>,
): Branch<T>[] {
  const known = new Set(values.map(({ value }) => value));
  const above = (value: string) => lineages.get(value)?.find((each) => each !== value && known.has(each));
  const below = new Map<string | undefined, T[]>();
  for (const one of values) below.set(above(one.value), [...(below.get(above(one.value)) ?? []), one]);
  const walk = (parent: string | undefined, depth: number): Branch<T>[] =>
    (below.get(parent) ?? []).flatMap((one) => [
      {
        one,
        depth,
        label: parent && one.value.startsWith(`${parent}/`) ? one.value.slice(parent.length + 1) : one.value,
      },
      ...walk(one.value, depth + 1),
    ]);
  return walk(undefined, 0);
}
