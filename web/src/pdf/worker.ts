// The worker of PDF.js, with its polyfills for older browsers. It handles the messages of the page.
import "pdfjs-dist/legacy/build/pdf.worker.min.mjs";
import { ping, pong } from "../work/pulse";

// PDF.js passes over messages that are not its own.
self.addEventListener("message", ({ data }) => data === ping && self.postMessage(pong));
