import { readdirSync, readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { messages } from "./build/messages.ts";
import { filesOfIndex, namedComponents, usedStyles } from "./build/styles.ts";

/** Fonts, character maps and decoders, which PDF.js asks for by name when a document needs them. */
function pdfData(): Plugin {
  return {
    name: "pdf-data",
    generateBundle() {
      for (const folder of ["cmaps", "iccs", "standard_fonts", "wasm"]) {
        const from = new URL(`node_modules/pdfjs-dist/${folder}/`, import.meta.url);
        // What runs scripts of documents stays out.
        for (const name of readdirSync(from).filter((each) => !each.startsWith("quickjs")))
          this.emitFile({
            type: "asset",
            fileName: `pdf/${folder}/${name}`,
            source: readFileSync(new URL(name, from)),
          });
      }
    },
  };
}

/** 3Dmol.js makes functions of texts in pages that say so, which ours never do, and the page's policy forbids. */
function withoutEval(): Plugin {
  const made = 'callback=eval("("+callback+")")';
  return {
    name: "without-eval",
    transform(code, id) {
      if (!id.endsWith("/3Dmol.es6-min.js")) return undefined;
      if (!code.includes(made)) throw new Error("3Dmol.js has changed: look for eval in it.");
      return { code: code.replace(made, "callback=undefined"), map: null };
    },
  };
}

/** hyparquet believes what a file says of its own lengths. A bomb would fill all memory before it is found out: with these it is found before. */
function boundedParquet(): Plugin {
  const tooMany = 'throw new Error("it says that it has more values than a browser should hold")';
  const isMore = 'throw new Error("a page unpacks to more than it says")';
  const bounds: Record<string, [string, string][]> = {
    "column.js": [
      [
        "  const header = deserializeTCompactProtocol(reader)\n",
        `  const header = deserializeTCompactProtocol(reader)
  const about = header.field_5 ?? header.field_7 ?? header.field_8
  reader.values = (reader.values ?? 0) + (about?.field_1 ?? 0)
  if (about?.field_1 < 0 || reader.values > 40e6) ${tooMany}\n`,
      ],
    ],
    "encoding.js": [["const count = header >>> 1\n", "const count = Math.min(header >>> 1, output.length - seen)\n"]],
    // The bytes of all values are counted before the first of them is made: to make values until they are too many takes minutes.
    "delta.js": [
      [
        "  deltaBinaryUnpack(reader, count, suffixData)\n",
        `  deltaBinaryUnpack(reader, count, suffixData)
  let bytes = 0
  for (let i = 0; i < count; i++) bytes += Math.abs(prefixData[i]) + Math.abs(suffixData[i])
  if (bytes > 512 << 20) ${tooMany}\n`,
      ],
    ],
    // Brotli's makes as much room as the packed bytes ask for; the others would go on long after their room is full.
    "brotli.js": [
      [
        "      const tmp = new Uint8Array( pos + meta_block_remaining_len )\n",
        `      const tmp = output.buffer\n      ${isMore}\n`,
      ],
    ],
    "gzip.js": [
      [
        "        const end = outputIndex + add\n",
        `        const end = outputIndex + add\n        if (output && end > out.length) ${isMore}\n`,
      ],
    ],
    "lz4.js": [
      [
        "    const end = len + matchLength\n",
        `    const end = len + matchLength\n    if (end > output.length) ${isMore}\n`,
      ],
    ],
  };
  return {
    name: "bounded-parquet",
    transform(code, id) {
      const changes = /\/hyparquet(-compressors)?\/src\//.test(id)
        ? bounds[id.slice(id.lastIndexOf("/") + 1)]
        : undefined;
      if (!changes) return undefined;
      for (const [made, bounded] of changes) {
        if (code.split(made).length !== 2) throw new Error("hyparquet has changed: look where it takes memory.");
        code = code.replace(made, bounded);
      }
      return { code, map: null };
    },
  };
}

/** What some pages need, and those before them do not, is one chunk each: apart, its parts would be fifty requests. */
const chunks: Record<string, string[]> = {
  start: ["main.tsx", "home/HomePage.tsx"],
  dataset: ["dataset/DatasetPage.tsx", "files/FilesTab.tsx"],
};

/** One group for each, the first ones first: a group also takes what its modules need. */
function pageGroups() {
  let names: Map<string, string> | undefined;
  return Object.keys(chunks).map((chunk, i) => ({
    debugName: chunk,
    priority: Object.keys(chunks).length - i,
    name: (id: string, context: ChunkingContext) => {
      names ??= namesOf(context);
      const isFirst = i === 0 && id.includes("rolldown/runtime");
      return isFirst || names.get(id) === chunk ? chunk : null;
    },
  }));
}

function namesOf(context: ChunkingContext): Map<string, string> {
  const names = new Map<string, string>();
  for (const [name, pages] of Object.entries(chunks)) {
    const here = new Set(pages.map((path) => new URL(`src/${path}`, import.meta.url).pathname));
    // A set gives what is added while it is walked.
    for (const each of here) {
      if (names.has(each)) continue;
      names.set(each, name);
      for (const needed of neededBy(each, context)) here.add(needed);
    }
  }
  return names;
}

const components = "/@mantine/core/esm/index.mjs";

/** The modules that a module imports. Of the index of all components it needs those that it names. */
function neededBy(id: string, context: ChunkingContext): string[] {
  const { importedIds = [], code } = context.getModuleInfo(id) ?? {};
  return importedIds.flatMap((each) => {
    if (!each.endsWith(components)) return [each];
    const files = filesOfIndex(each, context.getModuleInfo(each)?.code ?? "");
    return namedComponents(code ?? "").flatMap((name) => files.get(name) ?? []);
  });
}

interface ChunkingContext {
  getModuleInfo: (id: string) => { importedIds: readonly string[]; code: string | null } | null;
}

// Addresses inside the page are relative to its <base>, which the server writes: the portal also works under a path prefix.
export default defineConfig({
  base: "./",
  plugins: [messages(), react(), usedStyles(), pdfData(), withoutEval(), boundedParquet()],
  resolve: {
    // H5Web's arrays make code at run time, which the page's policy forbids: ours do not.
    alias: {
      ndarray: new URL("src/hdf5/ndarray.ts", import.meta.url).pathname,
      "ndarray-ops": new URL("src/hdf5/ndarray.ts", import.meta.url).pathname,
    },
  },
  build: {
    target: "es2022",
    // light-dark() stays as it is.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // H5Web, with three.js, is one chunk, which is loaded with the first HDF5 file.
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            ...pageGroups(),
            // The other components, and what only they need, are one file for all other pages.
            { name: "components", test: /\/(@mantine\/core|react-number-format|react-textarea-autosize)\// },
          ],
        },
      },
    },
  },
  worker: { format: "es", plugins: () => [messages(), boundedParquet()] },
  server: {
    port: 5173,
    proxy: {
      "/api": { target: process.env.HUTCH_SERVER ?? "http://127.0.0.1:8470", changeOrigin: false },
    },
  },
});
