import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Addresses inside the page are relative to its <base>, which the server writes: the portal also works under a path prefix.
export default defineConfig({
  base: "./",
  plugins: [react()],
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
