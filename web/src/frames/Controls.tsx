import { ActionIcon, Button, Checkbox, Group, NumberInput, Paper, Slider, Stack, Switch, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { Name } from "../components/Name";
import { FullScreenButton } from "../fullscreen/FullScreen";
import { frames as t } from "../messages/en";
import { CopyLink } from "../saving/CopyLink";
import { SavePicture } from "../saving/SavePicture";
import { type Address, mostTogether } from "./address";
import { Choice } from "./Choice";
import type { Header } from "./detector/header";
import { css, maskedColour, saturatedColour } from "./draw/colours";
import classes from "./FrameViewer.module.css";

interface ControlsProps {
  header: Header;
  address: Address;
  /** The contrast in use. */
  range: { low: number; high: number } | undefined;
  /** The largest count of the frame. */
  largest: number | undefined;
  onAddress: (change: Partial<Address>) => void;
  onFrame: (frame: number) => void;
  isPlaying: boolean;
  onPlay: (isPlaying: boolean) => void;
  onZoom: (factor: number) => void;
  onPoints: () => void;
  onFit: () => void;
  /** Draws what is seen. */
  onPicture: () => HTMLCanvasElement | undefined;
}

/** What can be changed of what is seen. */
export function Controls(props: ControlsProps) {
  return (
    <Stack gap="sm">
      <FrameChoice {...props} />
      <LookControls {...props} />
    </Stack>
  );
}

/** How frames are looked at, whichever they are. */
export function LookControls(props: ControlsProps) {
  const { header, address, onAddress } = props;
  return (
    <Stack gap="sm">
      <Group gap={6}>
        <Button size="xs" variant="default" onClick={() => props.onZoom(1 / 1.5)} aria-label={t.zoomOut}>
          −
        </Button>
        <Button size="xs" variant="default" onClick={() => props.onZoom(1.5)} aria-label={t.zoomIn}>
          +
        </Button>
        <Button size="xs" variant="default" onClick={props.onFit}>
          {t.fit}
        </Button>
        <Button size="xs" variant="default" onClick={props.onPoints}>
          1 : 1
        </Button>
        <SavePicture draw={props.onPicture} name={t.nameOfPicture(address.frame, address.channel)} />
        <CopyLink />
        <FullScreenButton />
      </Group>
      <TogetherChoice {...props} />
      <ContrastChoice {...props} />
      <Group gap="sm">
        <Checkbox
          label={t.resolutionRings}
          disabled={!header.geometry}
          checked={address.rings}
          onChange={(event) => onAddress({ rings: event.currentTarget.checked })}
        />
        <Checkbox
          label={t.iceRings}
          disabled={!header.geometry}
          checked={address.ice}
          onChange={(event) => onAddress({ ice: event.currentTarget.checked })}
        />
      </Group>
      {!header.geometry && (
        <Text size="xs" c="dimmed">
          {t.theHeaderLacksWavelengthDistancePixel}
        </Text>
      )}
      <Legend header={header} />
    </Stack>
  );
}

/** Which frame is seen. */
export function FrameChoice({ header, address, onFrame, onAddress, isPlaying, onPlay }: ControlsProps) {
  const [typed, setTyped] = useState<string | number>(address.frame);
  useEffect(() => setTyped(address.frame), [address.frame]);
  const go = () => {
    if (typeof typed === "number" && typed >= 1) onFrame(typed);
  };
  return (
    <Stack gap={6}>
      {header.channels.length > 1 && (
        <Choice
          label={t.channel}
          of={header.channels.map((name, place) => ({ value: place === 0 ? "" : name, label: name || "first" }))}
          value={address.channel}
          onChange={(channel) => onAddress({ channel })}
        />
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          go();
        }}
      >
        <Group gap={6} wrap="nowrap" align="flex-end">
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t.previousFrame}
            disabled={address.frame <= 1}
            onClick={() => onFrame(address.frame - 1)}
          >
            ‹
          </ActionIcon>
          <NumberInput
            label={header.images ? t.frameOf(header.images) : t.frame}
            size="xs"
            w={96}
            min={1}
            max={header.images}
            allowDecimal={false}
            hideControls
            value={typed}
            onChange={setTyped}
            onBlur={go}
          />
          <ActionIcon
            variant="default"
            size={30}
            aria-label={t.nextFrame}
            disabled={header.images !== undefined && address.frame >= header.images}
            onClick={() => onFrame(address.frame + 1)}
          >
            ›
          </ActionIcon>
          <Button size="xs" variant="default" px={8} onClick={() => onPlay(!isPlaying)}>
            {isPlaying ? t.stop : t.play}
          </Button>
        </Group>
      </form>
    </Stack>
  );
}

function TogetherChoice({ address, onAddress }: ControlsProps) {
  const { together } = address;
  const set = (how: "one" | "sum" | "max", count: number | string) =>
    onAddress({
      together:
        how === "one" ? undefined : { how, count: Math.min(mostTogether, Math.max(2, Math.round(Number(count)) || 2)) },
    });
  return (
    <Group gap={6} grow>
      <Choice
        label={t.show}
        of={[
          { value: "one", label: t.oneFrame },
          { value: "sum", label: t.sum },
          { value: "max", label: t.maximum },
        ]}
        value={together?.how ?? "one"}
        onChange={(how) => set(how, together?.count ?? 10)}
      />
      <NumberInput
        label={t.frames}
        size="xs"
        min={2}
        max={mostTogether}
        allowDecimal={false}
        disabled={!together}
        value={together?.count ?? 1}
        onChange={(count) => together && count !== "" && set(together.how, count)}
      />
    </Group>
  );
}

const steps = 100;

function ContrastChoice({ address, range, largest, onAddress }: ControlsProps) {
  const shown = range ?? { low: 0, high: 1 };
  // Counts go over several powers of ten: so does the slider.
  const most = Math.max(largest ?? 1, shown.high, 10);
  const toSlider = (count: number) => (steps * Math.log(Math.max(1, count))) / Math.log(most);
  const toCount = (place: number) => Math.max(1, Math.round(most ** (place / steps)));
  const set = (low: number | string, high: number | string) => {
    const next = { low: Number(low), high: Number(high) };
    if (low !== "" && high !== "" && next.low < next.high) onAddress({ range: next });
  };
  return (
    <Stack gap={8}>
      <Group gap={6} grow>
        <Choice
          label={t.scale}
          of={[
            { value: "linear", label: t.linear },
            { value: "log", label: t.logarithmic },
          ]}
          value={address.scale}
          onChange={(scale) => onAddress({ scale })}
        />
        <Choice
          label={t.colours}
          of={[
            { value: "inverted", label: t.greyInverted },
            { value: "grey", label: t.grey },
            { value: "heat", label: t.heat },
          ]}
          value={address.colours}
          onChange={(colours) => onAddress({ colours })}
        />
      </Group>
      <Group gap={6} grow>
        <NumberInput label={t.from} size="xs" hideControls value={shown.low} onChange={(low) => set(low, shown.high)} />
        <NumberInput label={t.to} size="xs" hideControls value={shown.high} onChange={(high) => set(shown.low, high)} />
      </Group>
      <Slider
        size="sm"
        thumbLabel={t.contrast}
        min={0}
        max={steps}
        step={1}
        label={(place) => toCount(place)}
        value={toSlider(shown.high)}
        onChange={(place) => set(Math.min(shown.low, toCount(place) - 1), toCount(place))}
      />
      <Switch
        size="sm"
        label={t.sameContrastForAllFrames}
        checked={address.range !== undefined}
        onChange={(event) => onAddress({ range: event.currentTarget.checked ? shown : undefined })}
      />
    </Stack>
  );
}

function Legend({ header }: { header: Header }) {
  return (
    <Paper withBorder p="xs">
      <Stack gap={4}>
        <Text size="xs" component="div">
          <span className={classes.swatch} style={{ background: css(maskedColour) }} />
          {t.masked}
        </Text>
        <Text size="xs" component="div">
          <span className={classes.swatch} style={{ background: css(saturatedColour) }} />
          {t.saturatedAbove}
          {header.trusted})
        </Text>
        {header.facts.map(({ name, value }) => (
          <Text key={name} size="xs" c="dimmed" component="div">
            {name}: <Name wrap>{value}</Name>
          </Text>
        ))}
      </Stack>
    </Paper>
  );
}
