import PdfContent from "../pdf/PdfContent";
import type { ViewerProps } from "./viewer";

/** Documents in PDF. */
export default function PdfViewer({ entry, source, decline }: ViewerProps) {
  return <PdfContent size={entry.size ?? 0} read={source.read} decline={decline} />;
}
