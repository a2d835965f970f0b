import { type ReactNode, useEffect, useState } from "react";
import { portalHeader, thumbnailUrl } from "../api/base";
import { pauseAfter } from "./again";
import classes from "./Thumbnail.module.css";

/** Who only scrolls past asks for nothing. */
const restMs = 150;
/** A picture is asked for so often before it counts as none. */
const mostTries = 6;

interface ThumbnailProps {
  dataset: string;
  /** The file; without it, the dataset's own picture. */
  path?: string;
  at?: string;
  /** Of the file, as it was listed: with it, the browser keeps the picture. */
  hash?: string;
  /** The side of the square in which it stands, pixels. */
  size: number;
  /** It shows the newest of many files: the last picture stays until the next one has loaded. */
  isNewest?: boolean;
  /** When the file last changed: one that had no picture yet is asked for again. */
  changed?: number;
  /** Stands there until there is a picture, and for ever if there is none. */
  children: ReactNode;
}

/** A small picture of a file or dataset. It takes the same room with and without one. */
export function Thumbnail({ dataset, path, at, hash, size, isNewest = false, changed = 0, children }: ThumbnailProps) {
  const source = thumbnailUrl(dataset, { path, at, hash });
  const question = `${source} ${changed}`;
  const [asked, setAsked] = useState({ question: "", tries: 0 });
  const [failed, setFailed] = useState(asked);
  const [shown, setShown] = useState("");
  useEffect(() => {
    const timer = window.setTimeout(() => setAsked({ question, tries: 1 }), restMs);
    return () => window.clearTimeout(timer);
  }, [question]);
  const hasFailed = failed.question === question && failed.tries === asked.tries;
  useEffect(() => {
    if (!hasFailed || asked.tries >= mostTries) return;
    const control = new AbortController();
    let timer: number | undefined;
    const look = async () => {
      try {
        const answer = await fetch(source, { headers: portalHeader, signal: control.signal });
        const pause = pauseAfter(answer);
        if (pause !== undefined) timer = window.setTimeout(() => setAsked({ question, tries: asked.tries + 1 }), pause);
      } catch {
        // Without a network, the sign stays.
      }
    };
    void look();
    return () => {
      control.abort();
      window.clearTimeout(timer);
    };
  }, [source, question, asked.tries, hasFailed]);
  const isShown = shown === source || (isNewest && shown !== "");
  const isAsked = asked.question === question && shown !== source && !hasFailed;
  return (
    <span className={classes.box} style={{ width: size, height: size }}>
      {!isShown && children}
      {isShown && <img key={shown} src={shown} alt="" decoding="async" className={classes.picture} data-shown />}
      {isAsked && (
        <img
          key={asked.tries === 1 ? source : `${source} ${asked.tries}`}
          src={source}
          alt=""
          loading="lazy"
          decoding="async"
          className={classes.picture}
          onLoad={() => setShown(source)}
          onError={() => setFailed({ question, tries: asked.tries })}
        />
      )}
    </span>
  );
}
