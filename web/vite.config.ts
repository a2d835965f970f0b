import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// Addresses inside the page are relative to its <base>, which the server writes: the portal also works under a path prefix.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: {
    target: "es2022",
    // light-dark() stays as it is.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  worker: { format: "es" },
  server: {
    port: 5173,
    proxy: {
      "/api": { target: process.env.HUTCH_SERVER ?? "http://127.0.0.1:8470", changeOrigin: false },
    },
  },
});
