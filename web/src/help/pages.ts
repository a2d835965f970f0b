/** The guide of the portal, as it is in the documentation: each page is loaded when it is read. */
const guides = import.meta.glob<string>("../../../docs/portal/*.md", { query: "?raw", import: "default" });

/** Pages of the guide in the order of reading, with the pages of the portal that they explain. */
export const helpPages: { name: string; title: string; explains: RegExp }[] = [
  { name: "README", title: "The portal", explains: /^\/(home)?$/ },
  { name: "datasets", title: "Datasets and search", explains: /^\/(datasets|shared|trash|new|search)$/ },
  { name: "live", title: "Live", explains: /^\/live/ },
  { name: "visits", title: "Visits", explains: /^\/(visits|samples|instruments)\// },
  { name: "files", title: "Files", explains: /^\/datasets\/[^/]+(\/files.*)?$/ },
  { name: "frames", title: "Frames", explains: /^\/datasets\/[^/]+\/frames/ },
  { name: "upload", title: "Uploading", explains: /^$/ },
  { name: "versions", title: "Versions and metadata", explains: /^\/datasets\/[^/]+\/(versions|metadata|settings)/ },
  { name: "compare", title: "Compare", explains: /^\/compare$/ },
  { name: "lineage", title: "Lineage", explains: /^\/datasets\/[^/]+\/lineage/ },
  { name: "analysis", title: "Analysis", explains: /^\/datasets\/[^/]+\/analysis/ },
  { name: "sharing", title: "Sharing", explains: /^\/(groups|datasets\/[^/]+\/(access|publication|activity))/ },
  { name: "tokens", title: "Tokens and profile", explains: /^\/(tokens|profile)/ },
  { name: "login", title: "Logging in", explains: /^\/(login|device)/ },
  { name: "administration", title: "Administration", explains: /^\/(admin|datasets\/[^/]+\/sites)/ },
];

/** The page of the guide about a page of the portal. */
export function helpFor(pathname: string): string {
  return helpPages.find(({ explains }) => explains.test(pathname))?.name ?? "README";
}

/** Its text, without pictures and without what tests read in it; undefined if there is no such page. */
export async function readHelp(name: string): Promise<string | undefined> {
  const guide = guides[`../../../docs/portal/${name}.md`];
  return guide && (await guide()).replace(/^!\[.*\n+/gm, "").replace(/<!--[\s\S]*?-->\n*/g, "");
}
