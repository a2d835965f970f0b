import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { Choice } from "../frames/Choice";
import { molecules as t } from "../messages/en";
import { plural } from "../text/format";
import { visibleText } from "../text/visible";
import { ask } from "../work/ask";
import { MapChoice, type Place } from "./MapChoice";
import classes from "./molecules.module.css";
import type { Colours, Shape, Stage } from "./stage";
import type { Atom, Format, Structure } from "./structure";

/** A longer time to read means a file that is made to take it. */
const mostSeconds = 20;
const degrees = 10;
const backgrounds = { light: "#ffffff", dark: "#16181b" };

interface Props {
  place: Place;
  format: Format;
  size: number;
  /** Must stay the same for the same file. */
  read: (begin: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;
  theme: "light" | "dark";
  decline: (reason?: string) => void;
}

/** A molecular structure: read by a worker, turned by mouse and keyboard. */
export default function MoleculeContent({ place, format, size, read, theme, decline }: Props) {
  const [structure, setStructure] = useState<Structure>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const control = new AbortController();
    setStructure(undefined);
    setError(undefined);
    const open = async () => {
      const bytes = await read(0, Math.max(1, size), control.signal);
      try {
        setStructure(await ask<Structure>(startWorker, { bytes, format }, mostSeconds, control.signal));
      } catch (reason) {
        if (!control.signal.aborted) decline(t.notShownAsAStructure((reason as Error).message));
      }
    };
    open().catch((reason: unknown) => !control.signal.aborted && setError(reason));
    return () => control.abort();
  }, [format, size, read, decline]);
  if (error) return <ProblemAlert error={error} title={t.couldNotReadTheStructure} />;
  if (!structure) return <Loading label={t.readingTheStructure} />;
  return <Shown structure={structure} place={place} theme={theme} decline={decline} />;
}

interface ShownProps extends Pick<Props, "place" | "theme" | "decline"> {
  structure: Structure;
}

function Shown({ structure, place, theme, decline }: ShownProps) {
  const element = useRef<HTMLDivElement>(null);
  const [stage, setStage] = useState<Stage>();
  const [shape, setShape] = useState<Shape>(structure.residues > 1 ? "cartoon" : "sticks");
  const [colours, setColours] = useState<Colours>(structure.residues > 1 ? "chain" : "element");
  const [atom, setAtom] = useState<Atom>();
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => {
    let opened: Stage | undefined;
    let isClosed = false;
    import("./stage").then(
      ({ Stage }) => {
        if (isClosed || !element.current) return;
        try {
          opened = new Stage(element.current, structure, setAtom);
          setStage(opened);
        } catch (reason) {
          decline((reason as Error).message);
        }
      },
      () => decline(t.theCodeThatDrawsStructuresCould),
    );
    return () => {
      isClosed = true;
      opened?.close();
    };
  }, [structure, decline]);
  useEffect(() => {
    if (!stage) return;
    stage.draw(shape, colours, backgrounds[theme]);
    setDrawn(true);
  }, [stage, shape, colours, theme]);
  return (
    <Stack gap="xs">
      {structure.note && (
        <Alert variant="light" py="xs">
          {structure.note}
        </Alert>
      )}
      <Text size="sm" data-testid="structure-about">
        {structure.title && `${visibleText(structure.title)}: `}
        {plural(structure.chains, t.countChains)}, {plural(structure.residues, t.countResidues)},{" "}
        {plural(structure.atoms.length, t.countAtoms)}.
      </Text>
      <Group gap="xs" align="end">
        <Choice label={t.drawnAs} of={shapes} value={shape} onChange={setShape} />
        <Choice label={t.colours} of={colourings} value={colours} onChange={setColours} />
        <Button size="xs" variant="default" onClick={() => stage?.reset()}>
          {t.wholeStructure}
        </Button>
      </Group>
      <MapChoice place={place} stage={stage} />
      <div
        ref={element}
        className={classes.stage}
        role="application"
        aria-label={t.structureArrowKeysTurnItPlus}
        tabIndex={0}
        data-testid="structure"
        data-drawn={isDrawn}
        onKeyDown={(event) => onKey(event, stage)}
      />
      <Text size="sm" role="status" data-testid="structure-atom">
        {atom ? describe(atom) : t.clickAnAtomToSee}
      </Text>
    </Stack>
  );
}

const shapes: { value: Shape; label: string }[] = [
  { value: "cartoon", label: t.ribbons },
  { value: "sticks", label: t.sticks },
  { value: "spheres", label: t.spheres },
];
const colourings: { value: Colours; label: string }[] = [
  { value: "chain", label: t.chains },
  { value: "structure", label: t.helicesAndStrands },
  { value: "element", label: t.elements },
  { value: "b", label: t.bFactor },
];

function onKey(event: KeyboardEvent, stage: Stage | undefined): void {
  const keys: Record<string, () => void> = {
    ArrowLeft: () => stage?.turn(-degrees, "y"),
    ArrowRight: () => stage?.turn(degrees, "y"),
    ArrowUp: () => stage?.turn(-degrees, "x"),
    ArrowDown: () => stage?.turn(degrees, "x"),
    "+": () => stage?.zoom(1.2),
    "-": () => stage?.zoom(1 / 1.2),
  };
  const act = keys[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
}

function describe({ atom, resn, resi, icode, chain, elem, b }: Atom): string {
  const where = chain === "" ? "" : t.ofChain(chain);
  return visibleText(t.ofB(atom, elem, resn, resi, icode, where, b));
}

function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-structure" });
}
