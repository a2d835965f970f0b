import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const library = new URL("../node_modules/@mantine/core/", import.meta.url).pathname;
const always = ["baseline", "global", "default-css-variables"];

/** Of the styles of all components, those of the components that the portal names and of what these are made of. */
export function usedStyles(): Plugin {
  return {
    name: "used-styles",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("/@mantine/core/styles.css")) return undefined;
      const parts = [...new Set([...always, ...namedStyles()])].map((name) =>
        readFileSync(join(library, "styles", `${name}.css`), "utf8"),
      );
      // In the order of the whole, by their first class: later rules win. What has no class comes first.
      const place = (part: string) => code.indexOf(/\.m_[0-9a-f]+/.exec(part)?.[0] ?? part);
      return { code: parts.sort((a, b) => place(a) - place(b)).join("\n"), map: null };
    },
  };
}

/** The files of an index that only passes on what they export, by name. */
export function filesOfIndex(index: string, code: string): Map<string, string> {
  return new Map(
    [...code.matchAll(/export \{([^}]*)\} from ["'](\.[^"']+)["']/g)].flatMap(([, list = "", path = ""]) =>
      list
        .split(",")
        .map((name): [string, string] => [name.trim().split(" ").at(-1) ?? "", join(dirname(index), path)]),
    ),
  );
}

/** What a text of code imports from the library of components. */
export function namedComponents(code: string): string[] {
  return [...code.matchAll(/import \{([^}]*)\} from ["']@mantine\/core["']/g)].flatMap(([, list = ""]) =>
    list.split(",").map((name) => name.trim().split(" ")[0] ?? ""),
  );
}

function namedStyles(): string[] {
  const index = join(library, "esm/index.mjs");
  const files = filesOfIndex(index, readFileSync(index, "utf8"));
  const src = new URL("../src/", import.meta.url).pathname;
  const sources = readdirSync(src, { recursive: true, encoding: "utf8" }).filter((path) => /\.tsx?$/.test(path));
  const names = sources.flatMap((path) => namedComponents(readFileSync(join(src, path), "utf8")));
  const needed = new Set(names.map((name) => files.get(name)).filter((path) => path !== undefined));
  for (const path of needed)
    for (const [, to = ""] of readFileSync(path, "utf8").matchAll(/from ["'](\.[^"']+)["']/g))
      needed.add(join(dirname(path), to));
  const styles = [...needed].map((path) => /\/([A-Za-z]+)\.module\.css\.mjs$/.exec(path)?.[1] ?? "");
  return styles.filter((name) => existsSync(join(library, "styles", `${name}.css`)));
}
