import { visibleText } from "../text/visible";
import classes from "./Name.module.css";

interface NameProps {
  children: string;
  /** Shows it all, over several lines, instead of cutting it. */
  wrap?: boolean;
  mono?: boolean;
}

/**
 * A name that somebody else chose: its direction stays its own, what cannot be seen is shown as a sign, and a long one is cut (the whole
 * stands in the tooltip).
 */
export function Name({ children, wrap = false, mono = false }: NameProps) {
  const text = visibleText(children);
  return (
    <bdi
      className={`${wrap ? classes.wrap : classes.name}${mono ? ` ${classes.mono}` : ""}`}
      title={!wrap && text.length > 24 ? text : undefined}
    >
      {text}
    </bdi>
  );
}
