import { help as t } from "../messages/en";

/** The guide of the portal, as it is in the documentation: each page is loaded when it is read. */
const guides = import.meta.glob<string>("../../../docs/portal/*.md", { query: "?raw", import: "default" });

/** Pages of the guide in the order of reading, with the pages of the portal that they explain. */
export const helpPages: { name: string; title: string; explains: RegExp }[] = [
  { name: "README", title: t.thePortal, explains: /^\/(home)?$/ },
  { name: "datasets", title: t.datasetsAndSearch, explains: /^\/(datasets|shared|trash|new|search)$/ },
  { name: "live", title: t.live, explains: /^\/live/ },
  { name: "visits", title: t.visits, explains: /^\/(visits|samples|instruments)\// },
  { name: "files", title: t.files, explains: /^\/datasets\/[^/]+(\/files.*)?$/ },
  { name: "frames", title: t.frames, explains: /^\/datasets\/[^/]+\/frames/ },
  { name: "upload", title: t.uploading, explains: /^$/ },
  { name: "versions", title: t.versionsAndMetadata, explains: /^\/datasets\/[^/]+\/(versions|metadata|settings)/ },
  { name: "compare", title: t.compare, explains: /^\/compare$/ },
  { name: "lineage", title: t.lineage, explains: /^\/datasets\/[^/]+\/lineage/ },
  { name: "analysis", title: t.analysis, explains: /^\/datasets\/[^/]+\/analysis/ },
  { name: "sharing", title: t.sharing, explains: /^\/(groups|datasets\/[^/]+\/(access|publication|activity))/ },
  { name: "tokens", title: t.tokensAndProfile, explains: /^\/(tokens|profile)/ },
  { name: "login", title: t.loggingIn, explains: /^\/(login|device)/ },
  { name: "administration", title: t.administration, explains: /^\/(admin|datasets\/[^/]+\/sites)/ },
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
