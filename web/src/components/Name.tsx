import { visibleText } from "../text/visible";
import classes from "./Name.module.css";

interface NameProps {
  children: string;
  /** Wraps instead of truncating. */
  wrap?: boolean;
  mono?: boolean;
}

/**
 * Text that somebody else chose: isolated from the text direction around it, invisible characters made visible, truncated when long (with
 * a tooltip).
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
