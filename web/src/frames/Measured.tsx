import { Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import { useMemo } from "react";
import { frames as t } from "../messages/en";
import { SaveTable } from "../saving/SaveTable";
import { csvLines } from "../text/csv";
import { formatCount } from "../text/format";
import type { Address } from "./address";
import type { Picture } from "./decode/picture";
import type { Header } from "./detector/header";
import type { Mask } from "./detector/mask";
import { profileOf, regionOf, type Span } from "./detector/measure";

/** What dragging does. */
export type Tool = "move" | "line" | "region";

interface MeasuredProps {
  tool: Tool;
  onTool: (tool: Tool) => void;
  address: Address;
  header: Header;
  picture: Picture | undefined;
  mask: Mask | undefined;
}

/** What a drag does, and what the line or region that was drawn has. */
export function Measured({ tool, onTool, address, header, picture, mask }: MeasuredProps) {
  return (
    <Stack gap={6}>
      <SegmentedControl
        aria-label={t.dragging}
        size="xs"
        data={[
          { value: "move", label: t.move },
          { value: "line", label: t.line },
          { value: "region", label: t.region },
        ]}
        value={tool}
        onChange={(value) => onTool(value as Tool)}
      />
      {tool !== "move" && !address[tool] && (
        <Text size="xs" c="dimmed">
          {t.drawAOverTheFrame(tool)}
        </Text>
      )}
      {picture && address.line && <Profile span={address.line} header={header} picture={picture} mask={mask} />}
      {picture && address.region && <Region span={address.region} header={header} picture={picture} mask={mask} />}
    </Stack>
  );
}

interface SpanProps {
  span: Span;
  header: Header;
  picture: Picture;
  mask: Mask | undefined;
}

const width = 240;
const height = 90;

/** Counts along the line as a curve, with gaps where pixels do not count. */
function Profile({ span, header, picture, mask }: SpanProps) {
  const counts = useMemo(() => profileOf(picture, header, mask, span), [picture, header, mask, span]);
  const valid = counts.filter((count) => count !== null);
  const most = Math.max(1, ...valid);
  const path = counts
    .map((count, place) => {
      if (count === null) return "";
      const isFirst = place === 0 || counts[place - 1] === null;
      const x = (place / Math.max(1, counts.length - 1)) * width;
      return `${isFirst ? "M" : "L"}${x.toFixed(1)} ${(height - (count / most) * (height - 2)).toFixed(1)}`;
    })
    .join("");
  const words = t.pixelsCounts(counts.length, Math.min(...valid, most), Math.max(0, ...valid));
  return (
    <Paper withBorder p={6} data-testid="profile">
      <svg viewBox={`0 0 ${width} ${height}`} width="100%" role="img" aria-label={t.profileAlongTheLine(words)}>
        <path d={path} fill="none" stroke="var(--mantine-primary-color-filled)" strokeWidth={1.2} />
      </svg>
      <Text size="xs">{t.line2(words)}</Text>
      <SaveTable
        write={() => csvLines([[t.pixelOfTheLine, t.counts], ...counts.map((count, place) => [place + 1, count])])}
        name={t.line}
      />
    </Paper>
  );
}

function Region({ span, header, picture, mask }: SpanProps) {
  const { pixels, valid, sum, mean, deviation, min, max } = useMemo(
    () => regionOf(picture, header, mask, span),
    [picture, header, mask, span],
  );
  return (
    <Paper withBorder p={6} data-testid="region">
      <Text size="xs">
        {t.regionOfPixelsValidSumMean(
          formatCount(valid),
          formatCount(pixels),
          formatCount(sum),
          mean.toFixed(3),
          deviation.toFixed(3),
          formatCount(min),
          formatCount(max),
        )}
      </Text>
    </Paper>
  );
}
