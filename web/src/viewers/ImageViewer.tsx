import { Center, Paper } from "@mantine/core";
import type { ViewerProps } from "./viewer";
import classes from "./viewers.module.css";

/** Images that browsers can show. */
export default function ImageViewer({ name, source, decline }: ViewerProps) {
  return (
    <Paper withBorder className={classes.image}>
      <Center mih={160}>
        <img src={source.url} alt={name} onError={() => decline("The browser cannot show this image.")} />
      </Center>
    </Paper>
  );
}
