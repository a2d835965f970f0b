import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { entryUrl } from "../api/base";
import { sendOk } from "../api/client";
import { describeProblem } from "../api/problem";
import { unpack } from "../frames/decode/codecs";
import { measure, numberOf, pixelsOf } from "../frames/decode/pixels";
import { type Header, readHeader } from "../frames/detector/header";
import { framePath } from "../frames/detector/path";
import { maskedColour, shareOf } from "../frames/draw/colours";
import { contrastFor } from "../frames/draw/contrast";
import { live as t } from "../messages/en";
import classes from "./live.module.css";

/** The width of a picture, in its own pixels, about. */
const width = 220;
/** A series that sends many frames a second gets a new picture so often, milliseconds. */
const pauseMs = 1000;
/** A refused picture is asked for again so much later. */
const refusedMs = 10_000;

/** The newest frame of a series, as small as the server makes it. */
export function FramePicture({ dataset, frame }: { dataset: string; frame: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [shown, setShown] = useState(0);
  const [failed, setFailed] = useState(false);
  const [refused, setRefused] = useState(0);
  const wanted = useRef(frame);
  wanted.current = frame;
  const header = useQuery({
    queryKey: ["frame-header", dataset],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }) => readHeader(await (await sendOk(entryUrl(dataset, "header"), { signal })).text()),
  });
  const known = header.data;
  // One picture at a time, always of the newest frame at its start: a newer frame does not restart a download.
  const isStale = frame !== shown;
  useEffect(() => {
    if (!known || !isStale) return;
    const control = new AbortController();
    const timer = window.setTimeout(
      async () => {
        const number = wanted.current;
        try {
          await drawFrame(canvas.current, known, dataset, number, control.signal);
          setFailed(false);
        } catch (error) {
          if (control.signal.aborted) return;
          // The last picture stays.
          if (describeProblem(error).isTransient) return setRefused(refused + 1);
          setFailed(true);
        }
        setRefused(0);
        setShown(number);
      },
      refused > 0 ? refusedMs : shown === 0 ? 0 : pauseMs,
    );
    return () => {
      control.abort();
      window.clearTimeout(timer);
    };
  }, [known, dataset, shown, refused, isStale]);
  return (
    <div className={classes.picture}>
      <canvas ref={canvas} role="img" aria-label={t.frame2(shown || frame)} data-frame={shown} />
      {(failed || header.isError) && <span className={classes.without}>{t.noPicture}</span>}
    </div>
  );
}

async function drawFrame(
  canvas: HTMLCanvasElement | null,
  header: Header,
  dataset: string,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  const bin = Math.min(64, Math.max(2, Math.ceil(header.columns / width)));
  const [columns, rows] = [Math.ceil(header.columns / bin), Math.ceil(header.rows / bin)];
  const response = await sendOk(entryUrl(dataset, framePath(number, ""), { bin: String(bin) }), { signal });
  const packed = new Uint8Array(await response.arrayBuffer());
  const bytes = await unpack("bslz4", 0, packed, header.size, columns * rows);
  const pixels = pixelsOf(bytes.buffer as ArrayBuffer, header.size, 0, columns * rows);
  const { largest, trusted, smallest } = header;
  const range = contrastFor(measure(pixels, { largest, trusted, smallest, mask: undefined }));
  const image = new ImageData(columns, rows);
  const masked = maskedColour.map((part) => Math.round(part * 255)) as [number, number, number];
  pixels.forEach((each, place) => {
    const value = numberOf(each, header.size, smallest);
    const grey = 255 - Math.round(255 * shareOf(value, { ...range, scale: "linear", colours: "inverted" }));
    image.data.set(value < smallest || value > largest ? [...masked, 255] : [grey, grey, grey, 255], place * 4);
  });
  if (!canvas || signal.aborted) return;
  canvas.width = columns;
  canvas.height = rows;
  canvas.getContext("2d")?.putImageData(image, 0, 0);
}
