import { Text } from "@mantine/core";
import { type PDFDocumentProxy, type PDFPageProxy, TextLayer } from "pdfjs-dist/legacy/build/pdf.mjs";
import { useEffect, useRef, useState } from "react";
import { Loading } from "../components/Loading";
import { pdf as t } from "../messages/en";
import classes from "./pdf.module.css";

/** A page is drawn so wide at most before it is enlarged. */
const mostWidth = 1000;
const mostPixels = 16 * 1024 * 1024;

interface Props {
  document: PDFDocumentProxy;
  number: number;
  /** Times the width of the window. */
  zoom: number;
}

/** A page as a picture, with its text over it, which can be selected and read aloud. */
export function Page({ document, number, zoom }: Props) {
  const holder = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<"drawing" | "drawn" | "failed">("drawing");
  useEffect(() => {
    const element = holder.current;
    if (!element) return;
    let isGone = false;
    let stop: () => void = () => undefined;
    const width = Math.min(mostWidth, element.parentElement?.clientWidth ?? mostWidth) * zoom;
    const show = async () => {
      const page = await document.getPage(number);
      if (isGone) return;
      const task = draw(page, element, width);
      stop = task.cancel;
      await task.done;
      if (!isGone) setState("drawn");
    };
    show().catch(() => !isGone && setState("failed"));
    return () => {
      isGone = true;
      stop();
      element.replaceChildren();
    };
  }, [document, number, zoom]);
  return (
    <>
      {state === "drawing" && <Loading label={t.drawingPage(number)} />}
      {state === "failed" && (
        <Text size="sm" p="md">
          {t.thisPageIsDamagedAndCannot}
        </Text>
      )}
      <div ref={holder} className={classes.page} data-testid="pdf-page" data-page={state === "drawn" ? number : ""} />
    </>
  );
}

function draw(page: PDFPageProxy, element: HTMLElement, width: number) {
  const plain = page.getViewport({ scale: 1 });
  const viewport = page.getViewport({ scale: width / plain.width });
  // Pages of any size: a page with too many pixels is drawn at a lower resolution.
  const fine = Math.min(window.devicePixelRatio || 1, Math.sqrt(mostPixels / (viewport.width * viewport.height)));
  const canvas = window.document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(viewport.width * fine));
  canvas.height = Math.max(1, Math.floor(viewport.height * fine));
  canvas.setAttribute("aria-hidden", "true");
  const text = window.document.createElement("div");
  text.className = classes.words ?? "";
  element.style.setProperty("--total-scale-factor", String(viewport.scale));
  element.style.width = `${viewport.width}px`;
  element.style.height = `${viewport.height}px`;
  element.replaceChildren(canvas, text);
  const drawing = page.render({ canvas, viewport: page.getViewport({ scale: viewport.scale * fine }) });
  const words = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
  return {
    done: Promise.all([drawing.promise, words.render()]),
    cancel: () => {
      drawing.cancel();
      words.cancel();
    },
  };
}
