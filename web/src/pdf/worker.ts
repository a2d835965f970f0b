// It answers to the page by itself: PDF.js, with what older browsers lack.
import "pdfjs-dist/legacy/build/pdf.worker.min.mjs";
