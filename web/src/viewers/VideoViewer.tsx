import { Paper } from "@mantine/core";
import { viewers as t } from "../messages/en";
import type { ViewerProps } from "./viewer";
import classes from "./viewers.module.css";

const refused = t.theBrowserCannotPlayThisVideo;

/** Videos that browsers can play; only what is looked at is read. */
export default function VideoViewer({ name, source, decline }: ViewerProps) {
  return (
    <Paper withBorder className={classes.video}>
      {/* biome-ignore lint/a11y/useMediaCaption: a film of an experiment has no words */}
      <video
        controls
        preload="metadata"
        aria-label={name}
        // With the type that its name says.
        src={source.sandboxUrl}
        onError={() => decline(refused)}
        // A file that only has sound, or nothing, has no picture to play.
        onLoadedMetadata={(event) => event.currentTarget.videoWidth === 0 && decline(t.thereIsNoPicture)}
      />
    </Paper>
  );
}
