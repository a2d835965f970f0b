/** A group or an array, as the server describes it. */
export interface Entity {
  name: string;
  kind: string;
  shape?: number[] | null;
  attributes?: { name: string }[];
  /** The members of a group; absent in the description of a member. */
  children?: Entity[];
}

/** Groups that are looked into: each is a request. */
const mostGroups = 12;

/** What is shown first of a file that does not say it: the first plot in it, or its largest array; undefined for none. */
export async function largestArray(
  root: Entity,
  describe: (path: string) => Promise<Entity>,
): Promise<string | undefined> {
  const isDefault = (entity: Entity) => entity.attributes?.some(({ name }) => name === "default" || name === "signal");
  if (isDefault(root)) return undefined;
  let best: string | undefined;
  let most = 1;
  const groups: { path: string; entity: Entity | undefined }[] = [{ path: "", entity: root }];
  for (let looked = 0; looked < groups.length && looked < mostGroups; looked++) {
    const { path, entity } = groups[looked] as (typeof groups)[number];
    const group = entity ?? (await describe(path));
    // A plot of a group deeper in the file.
    if (isDefault(group)) return path;
    for (const child of group.children ?? []) {
      const values = (child.shape ?? []).reduce((product, length) => product * length, 1);
      if (child.kind === "group") groups.push({ path: `${path}/${child.name}`, entity: undefined });
      else if (child.kind === "dataset" && values > most) {
        most = values;
        best = `${path}/${child.name}`;
      }
    }
  }
  return best;
}
