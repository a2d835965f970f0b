import { Text } from "@mantine/core";
import { frames as t } from "../messages/en";
import { formatCount } from "../text/format";
import type { Picture } from "./decode/picture";
import type { Statistics } from "./decode/pixels";
import { scatteringAt } from "./detector/geometry";
import type { Header } from "./detector/header";
import type { Mask } from "./detector/mask";
import { describePixel } from "./detector/reading";

interface ReadoutProps {
  point: { x: number; y: number } | undefined;
  header: Header | undefined;
  picture: Picture | undefined;
  mask: Mask | undefined;
  statistics: Statistics | undefined;
}

/** What is under the pointer; without one, what the frame has. */
export function Readout({ point, header, picture, mask, statistics }: ReadoutProps) {
  if (!header || !picture) return null;
  const pixel = point && describePixel(picture, header, mask, Math.floor(point.x), Math.floor(point.y));
  if (!point || !pixel)
    return (
      <Text component="div" fz={13} c="dimmed" data-testid="readout">
        {statistics && describeFrame(statistics, picture.bin)}
      </Text>
    );
  return (
    <Text component="div" fz={13} data-testid="readout">
      {t.slow}
      {point.y.toFixed(1)}
      {t.fast}
      {point.x.toFixed(1)} · <b>{pixel.text}</b>
      {picture.bin > 1 && t.largestOf(picture.bin, picture.bin)}
      {pixel.reason && ` · ${pixel.reason}`}
      {pixel.isSaturated &&
        (pixel.text === "saturated" ? t.inOneOfTheFrames : t.saturatedMoreThanTheTrusted(formatCount(header.trusted)))}
      {header.geometry && ` · ${describeScattering(header.geometry, point)}`}
    </Text>
  );
}

function describeScattering(geometry: NonNullable<Header["geometry"]>, point: { x: number; y: number }): string {
  const { d, twoTheta, q } = scatteringAt(geometry, point.x, point.y);
  const resolution = Number.isFinite(d) && d < 10_000 ? `${d.toFixed(2)} Å` : "∞";
  return `d ${resolution} · 2θ ${twoTheta.toFixed(2)}° · q ${q.toFixed(3)} Å⁻¹`;
}

/** Describes a frame in words. A reduced picture has its largest value, but other counts of pixels. */
export function describeFrame({ valid, sum, max, saturated }: Statistics, bin: number): string {
  if (valid === 0) return t.noPixelOfThisFrameHas;
  if (bin !== 1) return t.largestOfReduced(formatCount(max), bin);
  const mean = t.mean((sum / valid).toFixed(3));
  return t.validPixelsLargestSaturated(formatCount(valid), formatCount(max), mean, formatCount(saturated));
}
