const id = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The datasets inside a dataset of DataLad, by the paths of the empty directories that stand for them. */
export function parseSubdatasets(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const section of text.split(/^[ \t]*\[/m).filter((part) => part.startsWith("submodule"))) {
    const path = readValue(section, "path");
    const dataset = readValue(section, "datalad-id")?.toLowerCase();
    if (path && dataset && id.test(dataset)) found.set(path, dataset);
  }
  return found;
}

/** A value as git writes it: bare, or in quotes with backslashes. */
function readValue(section: string, key: string): string | undefined {
  const value = new RegExp(`^[ \\t]*${key}[ \\t]*=(.*)$`, "im").exec(section)?.[1]?.trim();
  return value?.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value;
}
