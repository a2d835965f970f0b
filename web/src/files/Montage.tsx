import { Anchor, Paper, Text } from "@mantine/core";
import { Link } from "react-router";
import { FileIcon } from "../components/icons";
import { Name } from "../components/Name";
import { files as t } from "../messages/en";
import { mayHavePicture } from "../thumbnails/names";
import { Thumbnail } from "../thumbnails/Thumbnail";
import classes from "./Montage.module.css";
import type { Row } from "./rows";

/** The most pictures of a montage. */
const most = 200;
const side = 160;

/** The files among some rows of a folder that may have a picture. */
export function picturesIn(rows: Row[]): Row[] {
  return rows.filter((row) => row.entry?.kind === "file" && mayHavePicture(row.path));
}

interface MontageProps {
  dataset: string;
  at: string | undefined;
  label: string;
  pictures: Row[];
  /** Whether the folder has more files than were looked at. */
  isPart: boolean;
  addressOf: (row: Row) => string;
}

/** The pictures of a folder side by side, in the order of its list. */
export function Montage({ dataset, at, label, pictures, isPart, addressOf }: MontageProps) {
  const shown = pictures.slice(0, most);
  return (
    <>
      <ul className={classes.pictures} aria-label={label}>
        {shown.map((row) => (
          <Paper component="li" withBorder key={row.path} className={classes.picture}>
            <Thumbnail dataset={dataset} path={row.path} at={at} hash={row.entry?.hash ?? undefined} size={side}>
              <FileIcon size={32} />
            </Thumbnail>
            <Anchor component={Link} to={addressOf(row)} size="xs" className={classes.name}>
              <Name>{row.name}</Name>
            </Anchor>
          </Paper>
        ))}
      </ul>
      {(isPart || shown.length < pictures.length) && (
        <Text size="sm" c="dimmed">
          {t.theFirstPictures(shown.length)}
        </Text>
      )}
    </>
  );
}
