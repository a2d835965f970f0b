import { type ReactNode, useEffect, useState } from "react";
import { thumbnailUrl } from "../api/base";
import classes from "./Thumbnail.module.css";

/** Who only scrolls past asks for nothing. */
const restMs = 150;

interface ThumbnailProps {
  dataset: string;
  /** The file; without it, the dataset's own picture. */
  path?: string;
  at?: string;
  /** Of the file, as it was listed: with it, the browser keeps the picture. */
  hash?: string;
  /** The side of the square in which it stands, pixels. */
  size: number;
  /** Stands there until there is a picture, and for ever if there is none. */
  children: ReactNode;
}

/** A small picture of a file or dataset. It takes the same room with and without one. */
export function Thumbnail({ dataset, path, at, hash, size, children }: ThumbnailProps) {
  const source = thumbnailUrl(dataset, { path, at, hash });
  const [asked, setAsked] = useState("");
  const [shown, setShown] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setAsked(source), restMs);
    return () => window.clearTimeout(timer);
  }, [source]);
  return (
    <span className={classes.box} style={{ width: size, height: size }}>
      {shown !== source && children}
      {asked === source && (
        <img
          key={source}
          src={source}
          alt=""
          loading="lazy"
          decoding="async"
          className={classes.picture}
          data-shown={shown === source || undefined}
          onLoad={() => setShown(source)}
          onError={() => setAsked("")}
        />
      )}
    </span>
  );
}
