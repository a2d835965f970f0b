import type { Schemas } from "../api/client";

type Dataset = Schemas["DatasetInfo"];
type Lineage = Schemas["Lineage"];

/** A dataset and its position in the graph. */
export interface PlacedDataset {
  dataset: Dataset;
  x: number;
  y: number;
  /** Steps from the farthest ancestor. */
  depth: number;
}

/** From a parent to a dataset derived from it. */
export interface Step {
  from: string;
  to: string;
  snapshot: number | undefined;
  run: Schemas["RunInfo"] | undefined;
  /** What the parent was for the run, such as its image; undefined for its first input. */
  input: string | undefined;
}

/** What made the step, by its title where there is one, of which version, and as which input. */
export function wordsOf(
  { snapshot, run, input }: Pick<Step, "snapshot" | "run" | "input">,
  titleOf: (run: { program: string }) => string | undefined,
): string {
  // What a run that is over has made follows nothing any more.
  const version = snapshot ? `@${snapshot}` : run && run.state !== "running" ? "" : "follows";
  return [run && (titleOf(run) ?? run.program), version, input && `(${input})`].filter(Boolean).join(" ");
}

const columnWidth = 420;
const rowHeight = 110;

/** Lays out the ancestors and descendants of a dataset, parents left of children. */
export function layOut(self: Dataset, lineage: Lineage): { datasets: PlacedDataset[]; steps: Step[] } {
  const all = new Map<string, Dataset>();
  for (const dataset of [...(lineage.ancestors ?? []), self, ...(lineage.descendants ?? [])])
    all.set(dataset.id, dataset);
  const steps: Step[] = [];
  for (const dataset of all.values()) {
    for (const parent of dataset.parents ?? []) {
      if (!all.has(parent.id)) continue;
      const run = lineage.runs?.find(
        (each) => each.outputs?.includes(dataset.id) && each.inputs?.some((input) => input.dataset === parent.id),
      );
      const input = run?.inputs?.find((each) => each.dataset === parent.id)?.name ?? undefined;
      steps.push({ from: parent.id, to: dataset.id, snapshot: parent.snapshot ?? undefined, run, input });
    }
  }
  const depths = depthsOf([...all.keys()], steps);
  const filled = new Map<number, number>();
  const datasets = [...all.values()]
    .toSorted((a, b) => (depths.get(a.id) ?? 0) - (depths.get(b.id) ?? 0) || a.name.localeCompare(b.name))
    .map((dataset) => {
      const column = depths.get(dataset.id) ?? 0;
      const row = filled.get(column) ?? 0;
      filled.set(column, row + 1);
      return { dataset, x: column * columnWidth, y: row * rowHeight, depth: column };
    });
  const tallest = Math.max(...filled.values());
  // Columns are centred.
  for (const placed of datasets) placed.y += ((tallest - (filled.get(placed.x / columnWidth) ?? 0)) * rowHeight) / 2;
  return { datasets, steps };
}

/** The longest path to each from a root. Terminates on a cycle too, although there are none. */
function depthsOf(ids: string[], steps: Step[]): Map<string, number> {
  const depths = new Map(ids.map((id) => [id, 0]));
  for (let turn = 0; turn < ids.length; turn++) {
    let moved = false;
    for (const { from, to } of steps) {
      const wanted = (depths.get(from) ?? 0) + 1;
      if ((depths.get(to) ?? 0) >= wanted || wanted > ids.length) continue;
      depths.set(to, wanted);
      moved = true;
    }
    if (!moved) break;
  }
  return depths;
}
