import { Alert, Box, Button, Code, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { describeProblem } from "../api/problem";
import { ProblemAlert } from "../components/ProblemAlert";
import { frames as t } from "../messages/en";
import type { Address } from "./address";
import { Controls, FrameChoice, LookControls } from "./Controls";
import { limitsOf } from "./decode/together";
import { iceRingsOn, resolutionRings } from "./detector/geometry";
import { describePixel } from "./detector/reading";
import type { SpotPosition } from "./detector/spots";
import { readStrong } from "./detector/strong";
import { type Contrast, isDark } from "./draw/colours";
import { contrastFor } from "./draw/contrast";
import { NoWebGl } from "./draw/renderer";
import { Stage } from "./draw/Stage";
import type { View } from "./draw/view";
import classes from "./FrameViewer.module.css";
import { Measured, type Tool } from "./Measured";
import { Readout } from "./Readout";
import { bytesPerSecond, maxBin, sightBin } from "./sight";
import { useFrame } from "./useFrame";
import { useMask, useSeries } from "./useSeries";

/** A window that is narrower gets pictures that the server made smaller, until somebody looks closer. */
const narrowPixels = 700;
/** A frame that is played is seen for so long at least. */
const playMs = 80;
/** From so many points of the screen a pixel on, somebody looks closer. */
const nearPoints = 0.5;

/** A key, of the page or of an element. */
type KeyEvent = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey" | "preventDefault">;

export interface FrameViewerProps {
  dataset: string;
  /** What is shown, as the address says. */
  address: Address;
  /** Something else is to be shown. */
  onAddress: (change: Partial<Address>) => void;
  /** The frame is seen, or cannot be: the next one may come. */
  onSettled?: (frame: number) => void;
  /** Called when the dataset does not say what its frames are, with the reason; without it, the viewer shows the reason. */
  decline?: (reason: string) => void;
  /** Spots of the frame, drawn over it. */
  spots?: SpotPosition[];
  /** Which pixels are strong, drawn over it: `AnalysisTrial.strong` of the REST API. */
  strong?: string | undefined;
  /** The frames are the page: their keys work wherever nothing else has the keyboard. */
  isPage?: boolean;
  /** The frame is one of two that are compared, with controls of both. */
  compared?: Compared;
  /** More that belongs beside the frame. */
  children?: ReactNode;
}

interface Compared {
  /** Where the controls of both are drawn; null for the viewer that leaves it to the other. */
  controls: HTMLElement | null;
  /** The contrast that was chosen for the frame. */
  onRange?: (range: Address["range"]) => void;
}

/** Looks at the frames of a dataset. */
export default function FrameViewer({
  dataset,
  address,
  onAddress,
  onSettled,
  decline,
  spots,
  strong,
  isPage = false,
  compared,
  children,
}: FrameViewerProps) {
  const keys = useId();
  const { series, error: seriesError } = useSeries(dataset, address.at);
  const [stage, setStage] = useState<Stage>();
  const [isDrawn, setDrawn] = useState(false);
  const [isSeen, setSeen] = useState(false);
  const [isPlaying, setPlaying] = useState(false);
  const { mask, error: maskError } = useMask(series, isSeen);
  const [bin, setBin] = useState(() => (window.innerWidth < narrowPixels ? 0 : 1));
  const file = series?.header;
  const wantedBin = bin === 0 && file ? Math.max(1, Math.floor(file.columns / (window.innerWidth * 1.5))) : bin || 1;
  // Playback loads no more pixels than the screen shows.
  const playBin = isPlaying && stage ? Math.min(maxBin, Math.max(1, Math.floor(1 / stage.pointsPerPixel))) : 1;
  const usedBin = Math.max(wantedBin, playBin);
  const firstBin = useMemo(() => (file ? sightBin(file, window.innerWidth, bytesPerSecond()) : 1), [file]);
  const { shown, error, isLoading, retry } = useFrame(
    series,
    address.frame,
    address.channel,
    usedBin,
    firstBin,
    address.together,
    mask,
  );
  useEffect(() => {
    if (shown?.number === address.frame || error !== undefined) onSettled?.(address.frame);
  }, [shown, error, address.frame, onSettled]);
  // A picture of several frames has limits of its own.
  const header = useMemo(
    () =>
      (file &&
        shown?.how && {
          ...file,
          ...limitsOf(shown.how, file),
          size: shown.picture.size,
          isSigned: shown.how === "max" && file.isSigned,
        }) ||
      file,
    [file, shown],
  );
  const [point, setPoint] = useState<{ x: number; y: number }>();
  const [tool, setTool] = useState<Tool>("move");
  const used = useRef(tool);
  used.current = tool;
  const [isLost, setLost] = useState(false);
  const [failure, setFailure] = useState<unknown>();

  useEffect(() => {
    if (seriesError !== undefined) decline?.(t.itsHeaderCannotBeRead(describeProblem(seriesError).message));
  }, [seriesError, decline]);

  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const overlay = useRef<HTMLCanvasElement>(null);
  const told = useRef<View | undefined>(address.view);
  const change = useRef(onAddress);
  change.current = onAddress;

  // The stage is set while the header is on its way.
  const isReadable = seriesError === undefined;
  useEffect(() => {
    if (!box.current || !canvas.current || !overlay.current || !isReadable) return;
    let made: Stage | undefined;
    const onView = (view: View | undefined) => {
      told.current = view;
      if (made && made.pointsPerPixel > nearPoints) setBin(1);
      change.current({ view });
    };
    try {
      made = new Stage(box.current, canvas.current, overlay.current, {
        onView,
        onPoint: setPoint,
        onDraw: (ends) => used.current !== "move" && change.current({ [used.current]: ends }),
        onLost: () => setLost(true),
        onRestored: () => setLost(false),
      });
    } catch (problem) {
      setFailure(problem);
      return;
    }
    made.setView(told.current);
    setStage(made);
    return () => {
      made?.close();
      setStage(undefined);
    };
  }, [isReadable]);

  // Another part is asked for by other hands than those on the stage.
  useEffect(() => {
    if (address.view === told.current) return;
    told.current = address.view;
    stage?.setView(address.view);
  }, [stage, address.view]);

  const statistics = shown?.picture.statistics;
  const range = useMemo(() => address.range ?? (statistics && contrastFor(statistics)), [address.range, statistics]);
  const contrast = useMemo<Contrast | undefined>(
    () => range && { ...range, scale: address.scale, colours: address.colours },
    [range, address.scale, address.colours],
  );

  useEffect(() => {
    if (contrast) stage?.setContrast(contrast);
  }, [stage, contrast]);

  const onRange = compared?.onRange;
  useEffect(() => onRange?.(range), [range, onRange]);

  const columns = file?.columns;
  const strongRuns = useMemo(
    () => (strong === undefined || columns === undefined ? [] : readStrong(strong, columns)),
    [strong, columns],
  );

  // They depend on the detector, not on the frame, so that playback does not wait for them.
  const rings = useMemo(
    () => (file?.geometry && address.rings ? resolutionRings(file.geometry, file.columns, file.rows) : []),
    [file, address.rings],
  );
  const iceRings = useMemo(
    () => (file?.geometry && address.ice ? iceRingsOn(file.geometry, file.columns, file.rows) : []),
    [file, address.ice],
  );

  useEffect(() => {
    if (!header || !contrast) return;
    stage?.setMarks({
      beamCentre: header.beamCentre,
      rings,
      iceRings,
      spots: spots ?? [],
      strong: strongRuns,
      line: address.line,
      region: address.region,
      print: (x, y) => {
        if (shown?.picture.bin !== 1) return undefined;
        const pixel = describePixel(shown.picture, header, mask, x, y);
        if (!pixel) return undefined;
        return { text: pixel.text, isDark: !pixel.reason && isDark(pixel.value, contrast) };
      },
    });
  }, [stage, header, contrast, rings, iceRings, address.line, address.region, spots, strongRuns, shown, mask]);

  useEffect(() => stage?.setDraws(tool !== "move"), [stage, tool]);

  const last = header?.images;
  useEffect(() => {
    if (!isPlaying || isLoading) return;
    if (error !== undefined || (last !== undefined && address.frame >= last)) {
      setPlaying(false);
      return;
    }
    const timer = window.setTimeout(() => change.current({ frame: address.frame + 1 }), playMs);
    return () => window.clearTimeout(timer);
  }, [isPlaying, isLoading, error, last, address.frame]);

  // The attributes of the element name the drawn frame, for measurements and for tests.
  useEffect(() => {
    if (!shown || !header || isLost || !stage) return;
    stage.show(shown.picture, { width: header.columns, height: header.rows }, header, mask?.codes);
    stage.read(0, 0, 1, 1);
    performance.mark("hutch-frame-drawn");
    canvas.current?.setAttribute("data-frame", String(shown.number));
    canvas.current?.setAttribute("data-bin", String(shown.picture.bin));
    canvas.current?.toggleAttribute("data-masked", mask !== undefined);
    setDrawn(true);
    // The mask is for counts: it would only delay them before.
    if (shown.picture.bin === usedBin) setSeen(true);
  }, [stage, shown, header, mask, isLost, usedBin]);

  const go = useCallback(
    (frame: number) => {
      setPlaying(false);
      const next = Math.max(1, last ? Math.min(last, frame) : frame);
      if (next !== address.frame) change.current({ frame: next });
    },
    [address.frame, last],
  );

  const onKey = (event: KeyEvent) => {
    const act = keyActions(stage, go, address.frame, last)[
      `${event.shiftKey && event.key.startsWith("Arrow") ? "Shift+" : ""}${event.key}`
    ];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  };
  const pageKey = useRef(onKey);
  pageKey.current = onKey;
  useEffect(() => {
    if (!isPage) return;
    const onPageKey = (event: globalThis.KeyboardEvent) => {
      const isFree = event.target === document.body || (event.target as Element | null)?.id === "main";
      if (isFree && !event.defaultPrevented) pageKey.current(event);
    };
    document.addEventListener("keydown", onPageKey);
    return () => document.removeEventListener("keydown", onPageKey);
  }, [isPage]);

  // What asks the server for more, and takes time to make, comes when there is something to see.
  const hasControls = isDrawn || error !== undefined;
  if (!isReadable) return <ProblemAlert error={seriesError} title={t.couldNotReadTheDescription} />;
  if (failure !== undefined) return <CannotDraw failure={failure} />;
  const controls = header &&
    hasControls && {
      header,
      address,
      range,
      largest: statistics?.max,
      onAddress,
      onFrame: go,
      isPlaying,
      onPlay: setPlaying,
      onZoom: (factor: number) => stage?.zoom(factor),
      onPoints: () => stage?.zoomToPoints(),
      onFit: () => stage?.fit(),
      onPicture: () => stage?.picture(),
    };
  return (
    <div className={compared ? classes.compared : classes.viewer}>
      <Stack gap={0} className={classes.picture}>
        <div
          ref={box}
          className={classes.stage}
          role="application"
          tabIndex={0}
          aria-label={t.frame2(address.frame, header?.images)}
          aria-describedby={keys}
          onKeyDown={onKey}
          data-testid="stage"
        >
          <canvas ref={canvas} data-testid="frame" />
          <canvas ref={overlay} data-testid="marks" />
          {isLoading && !shown && (
            <div className={classes.message} role="status" aria-label={t.loadingTheFrame}>
              <Loader size="sm" />
            </div>
          )}
          {isLost && (
            <div className={classes.message}>
              <Alert color="yellow">{t.theGraphicsMemoryWasLost}</Alert>
            </div>
          )}
        </div>
        <Paper className={classes.readout} component="div">
          <Readout point={point} header={header} picture={shown?.picture} mask={mask} statistics={statistics} />
        </Paper>
        <Text id={keys} size="xs" c="dimmed" px={10} visibleFrom="sm" hidden={compared !== undefined}>
          {t.keysOneFramePageUp}
        </Text>
      </Stack>
      <Stack gap="sm">
        {error !== undefined && (
          <ProblemAlert error={error} title={t.couldNotShowFrame(address.frame)} onRetry={retry} />
        )}
        {maskError !== undefined && <ProblemAlert error={maskError} title={t.couldNotReadTheMask} />}
        {controls && compared && <FrameChoice {...controls} />}
        {controls && compared?.controls && createPortal(<LookControls {...controls} />, compared.controls)}
        {controls && !compared && <Controls {...controls} />}
        {header && hasControls && !compared && (
          <Measured
            tool={tool}
            onTool={setTool}
            address={address}
            header={header}
            picture={shown?.picture}
            mask={mask}
          />
        )}
        {hasControls && children}
      </Stack>
    </div>
  );
}

function keyActions(
  stage: Stage | undefined,
  go: (frame: number) => void,
  frame: number,
  last: number | undefined,
): Record<string, () => void> {
  const part = 0.1;
  return {
    ArrowLeft: () => go(frame - 1),
    ArrowRight: () => go(frame + 1),
    PageUp: () => go(frame - 10),
    PageDown: () => go(frame + 10),
    Home: () => go(1),
    End: () => last && go(last),
    "+": () => stage?.zoom(1.5),
    "=": () => stage?.zoom(1.5),
    "-": () => stage?.zoom(1 / 1.5),
    "0": () => stage?.fit(),
    "Shift+ArrowLeft": () => stage?.pan(-part, 0),
    "Shift+ArrowRight": () => stage?.pan(part, 0),
    "Shift+ArrowUp": () => stage?.pan(0, -part),
    "Shift+ArrowDown": () => stage?.pan(0, part),
  };
}

function CannotDraw({ failure }: { failure: unknown }) {
  const reason = failure instanceof NoWebGl ? failure.message : String(failure);
  return (
    <Alert color="yellow" title={t.thisBrowserCannotDrawFrames} role="alert">
      <Text size="sm">{t.framesAreDrawnWithWebgl(reason)}</Text>
      <Box mt="xs">
        <Code>hutch clone</Code>
      </Box>
      <Group mt="sm">
        <Button size="xs" variant="default" onClick={() => window.location.reload()}>
          {t.tryAgain}
        </Button>
      </Group>
    </Alert>
  );
}
