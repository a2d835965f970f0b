import { readdirSync, readFileSync } from "node:fs";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

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

// Addresses inside the page are relative to its <base>, which the server writes: the portal also works under a path prefix.
export default defineConfig({
  base: "./",
  plugins: [react(), pdfData(), withoutEval()],
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
  },
  worker: { format: "es" },
  server: {
    port: 5173,
    proxy: {
      "/api": { target: process.env.HUTCH_SERVER ?? "http://127.0.0.1:8470", changeOrigin: false },
    },
  },
});
