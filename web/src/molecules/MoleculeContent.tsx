import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { Choice } from "../frames/Choice";
import { plural } from "../text/format";
import { visibleText } from "../text/visible";
import { ask } from "../work/ask";
import classes from "./molecules.module.css";
import type { Colours, Shape, Stage } from "./stage";
import type { Atom, Format, Structure } from "./structure";

/** A longer time to read means a file that is made to take it. */
const mostSeconds = 20;
const degrees = 10;
const backgrounds = { light: "#ffffff", dark: "#16181b" };

interface Props {
  format: Format;
  size: number;
  /** Must stay the same for the same file. */
  read: (begin: number, length: number, signal?: AbortSignal) => Promise<Uint8Array>;
  theme: "light" | "dark";
  decline: (reason?: string) => void;
}

/** A molecular structure: read by a worker, turned by mouse and keyboard. */
export default function MoleculeContent({ format, size, read, theme, decline }: Props) {
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
        if (!control.signal.aborted) decline(`Not shown as a structure: ${(reason as Error).message}`);
      }
    };
    open().catch((reason: unknown) => !control.signal.aborted && setError(reason));
    return () => control.abort();
  }, [format, size, read, decline]);
  if (error) return <ProblemAlert error={error} title="Could not read the structure" />;
  if (!structure) return <Loading label="Reading the structure" />;
  return <Shown structure={structure} theme={theme} decline={decline} />;
}

function Shown({ structure, theme, decline }: { structure: Structure } & Pick<Props, "theme" | "decline">) {
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
      () => decline("The code that draws structures could not be loaded."),
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
        {plural(structure.chains, "chain")}, {plural(structure.residues, "residue")},{" "}
        {plural(structure.atoms.length, "atom")}.
      </Text>
      <Group gap="xs" align="end">
        <Choice label="Drawn as" of={shapes} value={shape} onChange={setShape} />
        <Choice label="Colours" of={colourings} value={colours} onChange={setColours} />
        <Button size="xs" variant="default" onClick={() => stage?.reset()}>
          Whole structure
        </Button>
      </Group>
      <div
        ref={element}
        className={classes.stage}
        role="application"
        aria-label="Structure: arrow keys turn it, plus and minus change the size"
        tabIndex={0}
        data-testid="structure"
        data-drawn={isDrawn}
        onKeyDown={(event) => onKey(event, stage)}
      />
      <Text size="sm" role="status" data-testid="structure-atom">
        {atom ? describe(atom) : "Click an atom to see which it is."}
      </Text>
    </Stack>
  );
}

const shapes: { value: Shape; label: string }[] = [
  { value: "cartoon", label: "Ribbons" },
  { value: "sticks", label: "Sticks" },
  { value: "spheres", label: "Spheres" },
];
const colourings: { value: Colours; label: string }[] = [
  { value: "chain", label: "Chains" },
  { value: "structure", label: "Helices and strands" },
  { value: "element", label: "Elements" },
  { value: "b", label: "B factor" },
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
  const where = chain === "" ? "" : ` of chain ${chain}`;
  return visibleText(`${atom} (${elem}) of ${resn} ${resi}${icode}${where}, B ${b}`);
}

function startWorker(): Worker {
  return new Worker(new URL("./worker.ts", import.meta.url), { type: "module", name: "hutch-structure" });
}
