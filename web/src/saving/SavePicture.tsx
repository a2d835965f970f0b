import { ActionIcon, Tooltip } from "@mantine/core";
import { PictureIcon } from "../components/icons";
import { saving as t } from "../messages/en";
import { saveFile } from "./save";

interface SavePictureProps {
  /** Draws what is seen; undefined while there is nothing. */
  draw: () => HTMLCanvasElement | undefined;
  /** The name of the file, without its ending. */
  name: string;
}

/** Saves what a viewer shows as a picture. */
export function SavePicture({ draw, name }: SavePictureProps) {
  const save = () => draw()?.toBlob((content) => content && saveFile(content, `${name}.png`), "image/png");
  return (
    <Tooltip label={t.saveAsPicture}>
      <ActionIcon variant="default" size={30} aria-label={t.saveAsPicture} onClick={save}>
        <PictureIcon size={16} />
      </ActionIcon>
    </Tooltip>
  );
}
