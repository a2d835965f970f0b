import {
  Button,
  Collapse,
  Group,
  NumberInput,
  RangeSlider,
  SegmentedControl,
  Slider,
  Stack,
  Text,
} from "@mantine/core";
import { useState } from "react";
import { Choice } from "../frames/Choice";
import { volumes as t } from "../messages/en";
import { SavePicture } from "../saving/SavePicture";
import { type Detail, details, noClip, usualCamera, type VolumeAddress } from "./address";
import type { Layout } from "./draw/panes";
import { type Mode, modes, type Palette, palettes } from "./draw/VolumeRenderer";
import { type Axes, lengthsOf, type Range, type Triple } from "./values/plan";
import type { Volume } from "./values/volume";
import type { FoundArray } from "./values/zarr";

const modeNames: Record<Mode, string> = {
  maximum: t.maximumIntensity,
  translucent: t.translucent,
  surface: t.surface,
};
const paletteNames: Record<Palette, string> = { grey: t.grey, inverted: t.inverted, viridis: t.viridis, heat: t.heat };
const axisNames = ["x", "y", "z"] as const;

/** What a drag in a slice does. */
export type Tool = "move" | "ruler";

interface ControlsProps {
  arrays: FoundArray[];
  array: FoundArray;
  axes: Axes;
  volume: Volume;
  address: VolumeAddress;
  layout: Layout;
  /** Where the slices are, in the array. */
  place: Triple;
  range: { low: number; high: number };
  colours: Palette;
  threshold: number;
  tool: Tool;
  onTool: (tool: Tool) => void;
  /** Draws what is seen. */
  onPicture: () => HTMLCanvasElement | undefined;
  onAddress: (change: Partial<VolumeAddress>) => void;
}

/** What can be changed of what is seen. */
export function VolumeControls(props: ControlsProps) {
  const { arrays, array, volume, layout, onAddress } = props;
  const isFlat = volume.size[2] === 1;
  return (
    <Stack gap="sm">
      {arrays.length > 1 && (
        <Choice
          label={t.array}
          of={arrays.map(({ path, layout: { shape } }) => ({ value: path, label: `${path} (${shape.join(" × ")})` }))}
          value={array.path}
          onChange={(path) =>
            onAddress({
              array: path,
              indices: [],
              place: undefined,
              box: undefined,
              clip: noClip,
              range: undefined,
              threshold: undefined,
            })
          }
        />
      )}
      <IndexChoice {...props} />
      {!isFlat && (
        <SegmentedControl
          aria-label={t.panes}
          size="xs"
          data={[
            { value: "all", label: t.all },
            { value: "3d", label: "3D" },
            { value: "xy", label: t.xy },
            { value: "xz", label: t.xz },
            { value: "yz", label: t.yz },
          ]}
          value={layout}
          onChange={(chosen) => onAddress({ layout: chosen as Layout })}
        />
      )}
      <Group gap={6} justify="space-between">
        <SegmentedControl
          aria-label={t.dragging}
          size="xs"
          data={[
            { value: "move", label: t.move },
            { value: "ruler", label: t.ruler },
          ]}
          value={props.tool}
          onChange={(tool) => {
            props.onTool(tool as Tool);
            if (tool === "move") onAddress({ ruler: undefined });
          }}
        />
        <SavePicture draw={props.onPicture} name={`${array.path.split("/").pop() || t.theVolume} ${layout}`} />
      </Group>
      <PlaceChoice {...props} />
      <ContrastChoice {...props} />
      {(layout === "all" || layout === "3d") && !isFlat && <CastChoice {...props} />}
      <PartChoice {...props} />
    </Stack>
  );
}

/** For each axis that is not space, which index. */
function IndexChoice({ array, axes, address, onAddress }: ControlsProps) {
  return axes.others.map((axis, place) => (
    <NumberInput
      key={axis}
      label={t.indexAlongAxis(axis + 1, array.layout.shape[axis] ?? 0)}
      size="xs"
      min={0}
      max={(array.layout.shape[axis] ?? 1) - 1}
      allowDecimal={false}
      clampBehavior="strict"
      value={address.indices[place] ?? 0}
      onChange={(value) => {
        if (typeof value !== "number") return;
        onAddress({
          indices: axes.others.map((_, other) => (other === place ? value : (address.indices[other] ?? 0))),
        });
      }}
    />
  ));
}

/** Where the slices are. */
function PlaceChoice({ volume, place, onAddress }: ControlsProps) {
  const { box, step } = volume.plan;
  return axisNames.map((name, axis) => {
    const [begin, end] = box[axis] as Range;
    if (end - begin < 2) return null;
    return (
      <div key={name}>
        <Text size="xs">
          {t.sliceAt}
          {name} = {place[axis]}
        </Text>
        <Slider
          size="sm"
          label={null}
          thumbLabel={t.sliceAlong(name)}
          min={begin}
          max={end - 1}
          step={step[axis] as number}
          value={place[axis] as number}
          onChange={(value) => {
            const next = [...place] as [number, number, number];
            next[axis] = value;
            onAddress({ place: next });
          }}
        />
      </div>
    );
  });
}

function ContrastChoice({ volume: { least, most }, range, colours, onAddress }: ControlsProps) {
  const step = stepOf(least, most);
  const set = (low: number, high: number) => low < high && onAddress({ range: { low, high } });
  return (
    <Stack gap={6}>
      <Choice
        label={t.colours}
        of={palettes.map((value) => ({ value, label: paletteNames[value] }))}
        value={colours}
        onChange={(chosen) => onAddress({ colours: chosen })}
      />
      <Text size="xs">{t.rangeOfValues}</Text>
      <RangeSlider
        size="sm"
        label={null}
        thumbFromLabel={t.drawnAsNothing}
        thumbToLabel={t.drawnInFull}
        min={least}
        max={most > least ? most : least + 1}
        step={step}
        minRange={step}
        value={[range.low, range.high]}
        onChange={([low, high]) => set(low, high)}
      />
      <Group gap={6} grow>
        <NumberInput
          aria-label={t.lowestValue}
          size="xs"
          hideControls
          decimalScale={6}
          value={round(range.low)}
          onChange={(value) => typeof value === "number" && set(value, range.high)}
        />
        <NumberInput
          aria-label={t.highestValue}
          size="xs"
          hideControls
          decimalScale={6}
          value={round(range.high)}
          onChange={(value) => typeof value === "number" && set(range.low, value)}
        />
      </Group>
      <Button size="compact-xs" variant="subtle" onClick={() => onAddress({ range: undefined })}>
        {t.automaticRange}
      </Button>
    </Stack>
  );
}

function CastChoice({ volume: { least, most, mean, sigma }, address, threshold, onAddress }: ControlsProps) {
  return (
    <Stack gap={6}>
      <Choice
        label={t.rendering}
        of={modes.map((value) => ({ value, label: modeNames[value] }))}
        value={address.mode}
        onChange={(mode) => onAddress({ mode })}
      />
      <Text size="xs">{t.threshold(round(threshold))}</Text>
      <Slider
        size="sm"
        label={null}
        thumbLabel={t.threshold2}
        min={least}
        max={most > least ? most : least + 1}
        step={stepOf(least, most)}
        value={threshold}
        onChange={(value) => onAddress({ threshold: value })}
      />
      {sigma > 0 && (
        <NumberInput
          label={t.thresholdInSigma}
          description={t.sigmaAboveMean(round(mean), round(sigma))}
          size="xs"
          step={0.5}
          decimalScale={2}
          value={Number(((threshold - mean) / sigma).toFixed(2))}
          onChange={(value) => typeof value === "number" && onAddress({ threshold: mean + value * sigma })}
        />
      )}
      {address.mode === "translucent" && (
        <>
          <Text size="xs">{t.opacity}</Text>
          <Slider
            size="sm"
            label={null}
            thumbLabel={t.opacity}
            min={0.005}
            max={1}
            step={0.005}
            value={address.opacity}
            onChange={(opacity) => onAddress({ opacity })}
          />
        </>
      )}
      <Button size="compact-xs" variant="subtle" onClick={() => onAddress({ camera: usualCamera })}>
        {t.usualView}
      </Button>
    </Stack>
  );
}

/** Which part is shown, and how much is loaded of it. */
function PartChoice({ volume, array, axes, address, onAddress }: ControlsProps) {
  const [isOpen, setOpen] = useState(address.clip !== noClip || address.box !== undefined);
  const { box, size } = volume.plan;
  const isClipped = address.clip.some(([begin, end]) => begin > 0 || end < 1);
  return (
    <Stack gap={6}>
      <Button size="compact-xs" variant="subtle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {t.partAndDetail}
      </Button>
      <Collapse in={isOpen}>
        <Stack gap={6}>
          {axisNames.map((name, axis) =>
            (size[axis] as number) < 2 ? null : (
              <div key={name}>
                <Text size="xs">{t.cutAlong(name)}</Text>
                <RangeSlider
                  size="sm"
                  label={null}
                  thumbFromLabel={t.beginAlong(name)}
                  thumbToLabel={t.endAlong(name)}
                  min={0}
                  max={1}
                  step={0.01}
                  minRange={0.01}
                  value={[...(address.clip[axis] as Range)]}
                  onChange={(value) =>
                    onAddress({
                      clip: address.clip.map((each, at) => (at === axis ? value : each)) as unknown as Triple<Range>,
                    })
                  }
                />
              </div>
            ),
          )}
          <Button
            size="xs"
            variant="default"
            disabled={!isClipped}
            onClick={() => onAddress({ box: cut(box, address.clip), clip: noClip })}
          >
            {t.loadOnlyThisPartInMore}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!isClipped && address.box === undefined}
            onClick={() => onAddress({ box: undefined, clip: noClip })}
          >
            {t.showAll(lengthsOf(array.layout, axes).join(" × "))}
          </Button>
          <Choice
            label={t.loadAtMost}
            of={details.map((value) => ({ value, label: t.values(value) }))}
            value={address.detail}
            onChange={(detail: Detail) => onAddress({ detail })}
          />
        </Stack>
      </Collapse>
    </Stack>
  );
}

/** The part of a box that is not cut away, in whole values. */
function cut(box: Triple<Range>, clip: Triple<Range>): Triple<Range> {
  return box.map(([begin, end], axis) => {
    const [from, to] = clip[axis] as Range;
    const first = begin + Math.floor((end - begin) * from);
    return [first, Math.max(first + 1, begin + Math.ceil((end - begin) * to))];
  }) as unknown as Triple<Range>;
}

function stepOf(least: number, most: number): number {
  const step = (most - least) / 500;
  return step > 0 ? (Number.isInteger(least) && Number.isInteger(most) ? Math.max(1, Math.round(step)) : step) : 1;
}

function round(value: number): number {
  return Number(value.toPrecision(6));
}
