import { Paper, Progress, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type MutableRefObject, useEffect, useMemo, useRef, useState } from "react";
import { isCode } from "../api/client";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { useAddressState } from "../components/useAddressState";
import { volumes as t } from "../messages/en";
import { readVolumeAddress, type VolumeAddress, writeVolumeAddress } from "./address";
import type { Layout } from "./draw/panes";
import type { Look } from "./draw/VolumeRenderer";
import { VolumeStage } from "./draw/VolumeStage";
import { useVolume } from "./useVolume";
import { type Tool, VolumeControls } from "./VolumeControls";
import { distanceOf, formatLength, formatValue } from "./values/lengths";
import { isDrawable } from "./values/numbers";
import { type Axes, axesOf, describePlan, lengthsOf, type Plan, planFor, type Range, type Triple } from "./values/plan";
import { describeMissing, describeSpace, isBottomUp, meantBy, usualColours, voxelOf } from "./values/space";
import { type Volume, valueAt } from "./values/volume";
import { type FoundArray, ZarrFile } from "./values/zarr";
import classes from "./volumes.module.css";

/** The first look is made of so many values along a side of a cube. */
const coarseSide = 64;
/** An array that is flatter than this is a stack of images rather than a volume. */
const flat = 1 / 16;

interface Props {
  dataset: string;
  /** The version shown; undefined for the latest. */
  at: string | undefined;
  /** The path of the file. */
  path: string;
  /** Changes with the bytes of the file. */
  hash: string | undefined;
  /** Leaves the file to another viewer. */
  decline: (reason?: string) => void;
}

/** An array of a file that has pictures. */
interface Drawable extends FoundArray {
  axes: Axes;
}

/** Volumes, stacks and images in a file, in slices and as a whole. */
export default function VolumeContent({ dataset, at, path, hash, decline }: Props) {
  const file = useMemo(() => new ZarrFile(dataset, path, at), [dataset, path, at]);
  const version = `${dataset} ${path} ${hash ?? at ?? ""}`;
  const query = useQuery({
    queryKey: ["arrays", version],
    queryFn: ({ signal }) => file.arrays(signal),
    structuralSharing: false,
  });
  const arrays = useMemo(() => query.data?.flatMap(drawable) ?? [], [query.data]);
  const isUnfit = isCode(query.error, "unreadable-file", "unprocessable");
  const why = isUnfit
    ? String((query.error as Error).message)
    : query.data && arrays.length === 0
      ? nothing
      : undefined;
  useEffect(() => {
    if (why !== undefined) decline(why);
  }, [why, decline]);
  if (query.isPending || why !== undefined) return <Loading />;
  if (query.isError)
    return <ProblemAlert error={query.error} title={t.couldNotLookIntoTheFile} onRetry={() => query.refetch()} />;
  return <OfFile file={file} arrays={arrays} version={version} />;
}

const nothing = t.thereAreNoNumbersWithTwo;

function drawable(array: FoundArray): Drawable[] {
  const axes = axesOf(array.layout);
  const isFine = axes && isDrawable(array.layout.type) && array.layout.shape.every((length) => length > 0);
  return isFine && lengthsOf(array.layout, axes).filter((length) => length > 1).length > 1 ? [{ ...array, axes }] : [];
}

/** The largest first: it is what a file is about. */
function usualArray(arrays: Drawable[]): Drawable {
  const values = ({ layout: { shape } }: Drawable) => shape.reduce((product, length) => product * length, 1);
  return arrays.reduce((best, each) => (values(each) > values(best) ? each : best));
}

function OfFile({ file, arrays, version }: { file: ZarrFile; arrays: Drawable[]; version: string }) {
  const [address, onAddress] = useAddressState(readVolumeAddress, writeVolumeAddress);
  const array = arrays.find(({ path }) => path === address.array) ?? usualArray(arrays);
  const { coarse, plan } = usePlans(array, address);
  const { volume, progress, error, retry } = useVolume(file, array, coarse, plan, version);
  if (error) return <ProblemAlert error={error} title={t.couldNotReadTheArray} onRetry={retry} />;
  if (!volume) return <Loading label={t.loadingTheVolume} />;
  return (
    <Loaded arrays={arrays} array={array} volume={volume} progress={progress} address={address} onAddress={onAddress} />
  );
}

/** What is read: coarsely at first, if that is much less. */
function usePlans({ layout, axes }: Drawable, { box, indices, detail }: VolumeAddress) {
  const lengths = lengthsOf(layout, axes);
  const inside = box?.every(([, end], axis) => end <= (lengths[axis] as number))
    ? box
    : (lengths.map((length) => [0, length]) as unknown as Triple<Range>);
  const chosen = axes.others.map((axis, place) => Math.min(indices[place] ?? 0, (layout.shape[axis] as number) - 1));
  const side = Number(detail);
  const make = (edge: number, most: number) => planFor(layout, axes, inside, chosen, { values: edge ** 3, side: most });
  const plan = make(side, maxSide);
  const coarse = make(coarseSide, maxSide);
  const isMuch = plan.size.reduce((product, each) => product * each) > 4 * coarseSide ** 3;
  return { plan, coarse: isMuch ? coarse : plan };
}

/** Textures with more values along an axis are not to be had everywhere. */
const maxSide = 2048;

interface LoadedProps {
  arrays: Drawable[];
  array: Drawable;
  volume: Volume;
  progress: number | undefined;
  address: VolumeAddress;
  onAddress: (change: Partial<VolumeAddress>) => void;
}

function Loaded({ arrays, array, volume, progress, address, onAddress }: LoadedProps) {
  const lengths = lengthsOf(array.layout, array.axes);
  const place = address.place?.every((each, axis) => isIn(each, volume.plan.box[axis] as Range))
    ? address.place
    : middle(volume.plan);
  const range = address.range ?? volume.usual;
  const colours = address.colours ?? usualColours(array.attributes);
  const [tool, setTool] = useState<Tool>("move");
  const stage = useRef<VolumeStage>();
  const threshold = address.threshold ?? volume.usual.low + (volume.usual.high - volume.usual.low) * 0.25;
  const { scale, length } = useMemo(() => scaleOf(array, volume.plan), [array, volume.plan]);
  const layout = layoutFor(address.layout, volume, scale);
  const look: Look = {
    at: readAt(place, volume.plan),
    ruler: address.ruler && [readAt(address.ruler[0], volume.plan), readAt(address.ruler[1], volume.plan)],
    length,
    camera: address.camera,
    mode: address.mode,
    colours,
    ...range,
    threshold,
    opacity: address.opacity,
    clip: address.clip.map((part, axis) => part.map((each) => each * (volume.size[axis] as number))) as never,
    scale,
    isBottomUp: isBottomUp(array.attributes),
  };
  const value = valueAt(volume, look.at);
  const meant = value === undefined ? undefined : meantBy(value, array.attributes);
  const voxel = voxelOf(array.attributes);
  const space = `${describeSpace(array.attributes)} ${describeMissing(array.attributes)}`.trim();
  return (
    <div className={classes.viewer}>
      <Stack gap="xs">
        <Stage {...{ volume, layout, look, progress, tool, stage, onAddress }} />
        <Paper withBorder px="sm" py={6} className={classes.number}>
          <Text size="sm" data-testid="volume-value">
            {volume.size[2] === 1 ? t.pixel : t.voxel} {place.slice(0, volume.size[2] === 1 ? 2 : 3).join(", ")}
            {voxel?.unit && t.at(positionOf(place, voxel.size, volume.size[2] === 1 ? 2 : 3), voxel.unit)}:{" "}
            {value === undefined ? "–" : formatValue(value)}
            {meant !== undefined && t.whichStands(formatValue(meant))}
          </Text>
          {address.ruler && (
            <Text size="sm" data-testid="volume-ruler">
              {voxel
                ? t.rulerOf(formatLength(distanceOf(address.ruler, voxel.size), voxel.unit))
                : t.rulerOfVoxels(formatValue(Number(distanceOf(address.ruler, [1, 1, 1]).toFixed(1))))}
            </Text>
          )}
          <Text size="xs" c="dimmed" data-testid="volume-shown">
            {describePlan(volume.plan, lengths)}
            {progress !== undefined && t.moreIsOnItsWay}
          </Text>
          {space && (
            <Text size="xs" c="dimmed" data-testid="volume-space">
              {space}
            </Text>
          )}
        </Paper>
      </Stack>
      <VolumeControls
        arrays={arrays}
        array={array}
        axes={array.axes}
        volume={volume}
        address={address}
        layout={layout}
        place={place}
        range={range}
        colours={colours}
        threshold={threshold}
        tool={tool}
        onTool={setTool}
        onPicture={() => stage.current?.picture()}
        onAddress={onAddress}
      />
    </div>
  );
}

interface StageProps {
  volume: Volume;
  layout: Layout;
  look: Look;
  progress: number | undefined;
  tool: Tool;
  /** Told of what draws. */
  stage: MutableRefObject<VolumeStage | undefined>;
  onAddress: (change: Partial<VolumeAddress>) => void;
}

function Stage({ volume, layout, look, progress, tool, stage: drawing, onAddress }: StageProps) {
  const box = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<VolumeStage>();
  const [failure, setFailure] = useState<unknown>();
  const plan = useRef(volume.plan);
  plan.current = volume.plan;
  useEffect(() => {
    if (!box.current) return;
    try {
      const made = new VolumeStage(box.current, {
        onCamera: (camera) => onAddress({ camera }),
        onPlace: (at) => onAddress({ place: placeOf(at, plan.current) }),
        onRuler: ([from, to]) => onAddress({ ruler: [placeOf(from, plan.current), placeOf(to, plan.current)] }),
      });
      setStage(made);
      drawing.current = made;
      return () => {
        drawing.current = undefined;
        made.close();
      };
    } catch (error) {
      setFailure(error);
      return undefined;
    }
  }, [onAddress, drawing]);
  useEffect(() => {
    try {
      stage?.load(volume);
    } catch (error) {
      setFailure(error);
    }
  }, [stage, volume]);
  useEffect(() => stage?.show(layout, look), [stage, layout, look]);
  useEffect(() => stage?.setMeasures(tool === "ruler"), [stage, tool]);
  if (failure) return <ProblemAlert error={failure} title={t.couldNotDrawTheVolume} />;
  return (
    <div
      ref={box}
      className={classes.stage}
      role="application"
      aria-label={t.withKeys(
        layout === "all" ? t.threeSlicesAndTheVolume : layout === "3d" ? t.theVolume : t.slice(layout.toUpperCase()),
      )}
      tabIndex={0}
      data-testid="volume"
      data-renderer={stage?.rendererName}
      data-values={volume.values.length}
    >
      {progress !== undefined && (
        <div className={classes.message}>
          <Text size="xs">{t.loading(Math.round(progress * 100))}</Text>
          <Progress size="xs" value={progress * 100} aria-label={t.loadingTheVolume} />
        </div>
      )}
    </div>
  );
}

/** All panes of a volume; of an image, or of a stack of few large ones, a slice. */
function layoutFor(chosen: Layout | undefined, { size }: Volume, scale: Triple): Layout {
  if (size[2] === 1) return "xy";
  const [x, y, z] = size.map((count, axis) => count * (scale[axis] as number)) as [number, number, number];
  return chosen ?? (z < flat * Math.max(x, y) ? "xy" : "all");
}

function isIn(place: number, [begin, end]: Range): boolean {
  return place >= begin && place < end;
}

function middle({ box }: Plan): Triple {
  return box.map(([begin, end]) => Math.floor((begin + end - 1) / 2)) as unknown as Triple;
}

/** Where a value that was read is in the array. */
function placeOf(at: Triple, { box, step }: Plan): Triple {
  return at.map((each, axis) => (box[axis] as Range)[0] + each * (step[axis] as number)) as unknown as Triple;
}

/** Where a place of the array is in what was read. */
function readAt(place: Triple, { box, step }: Plan): Triple {
  return place.map((each, axis) =>
    Math.floor((each - (box[axis] as Range)[0]) / (step[axis] as number)),
  ) as unknown as Triple;
}

/** Lengths of what was read along each axis, the shortest 1: by the file's own size of voxels, where it says one. */
function scaleOf({ attributes }: FoundArray, { step }: Plan): Pick<Look, "scale" | "length"> {
  const voxel = voxelOf(attributes);
  const lengths = step.map((each, axis) => each * (voxel?.size[axis] ?? 1));
  const least = Math.min(...lengths);
  return {
    scale: lengths.map((length) => length / least) as unknown as Triple,
    length: voxel?.unit ? { of: least, unit: voxel.unit } : undefined,
  };
}

/** The middle of a voxel from that of the first one, with so many digits as mean something. */
function positionOf(place: Triple, size: Triple, axes: number): string {
  return place
    .slice(0, axes)
    .map((each, axis) => formatValue(Number((each * (size[axis] as number)).toPrecision(5))))
    .join(", ");
}
