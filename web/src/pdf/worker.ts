// It answers to the page by itself: PDF.js, with what older browsers lack.
import "pdfjs-dist/legacy/build/pdf.worker.min.mjs";
import { ping, pong } from "../work/pulse";

// PDF.js passes over messages that are not its own.
self.addEventListener("message", ({ data }) => data === ping && self.postMessage(pong));
