import { Group } from "@mantine/core";
import type { RefObject } from "react";
import { SavePicture } from "./SavePicture";
import { groundOf, stacked } from "./save";

/** What can be done with a plot: its canvas is saved on the ground that it lies on. */
export function PlotActions({ box, name }: { box: RefObject<HTMLElement>; name: string }) {
  const draw = () => {
    const canvas = box.current?.querySelector("canvas");
    return canvas ? stacked([canvas], groundOf(canvas)) : undefined;
  };
  return (
    <Group justify="flex-end">
      <SavePicture draw={draw} name={name} />
    </Group>
  );
}
