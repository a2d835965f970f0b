import { Paper } from "@mantine/core";
import { Frame } from "../components/Frame";
import type { ViewerProps } from "./viewer";
import classes from "./viewers.module.css";

/** HTML and SVG, which may hold scripts: in a frame without an origin, with the policy of `sandboxUrl`. */
export default function PageViewer({ name, source }: ViewerProps) {
  return (
    <Paper withBorder style={{ overflow: "hidden" }}>
      <Frame title={name} src={source.sandboxUrl} sandbox="" className={classes.page} />
    </Paper>
  );
}
