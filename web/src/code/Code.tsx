import { useMemo } from "react";
import { useAnswer } from "../work/useAnswer";
import classes from "./Code.module.css";
import { familyOf, mostSeconds, type Question, startWorker, type Token } from "./tokens";

/** Longer texts stay plain: so many coloured parts make a page slow. */
const mostColoured = 256 * 1024;

/** A text, coloured if it is in a known language. It is there at once, and gets its colours when they are found. */
export function Code({ text, language }: { text: string; language: string | undefined }) {
  return language && text.length <= mostColoured ? (
    <Coloured text={text} language={language} />
  ) : (
    <pre className={classes.text} dir="ltr">
      {text}
    </pre>
  );
}

function Coloured({ text, language }: { text: string; language: string }) {
  const question = useMemo<Question>(() => ({ texts: [text], language }), [text, language]);
  const reply = useAnswer<Token[][]>(startWorker, question, mostSeconds);
  const tokens = reply && "answer" in reply ? reply.answer[0] : undefined;
  return (
    <pre className={classes.text} dir="ltr" data-coloured={tokens !== undefined}>
      {tokens ? tokens.map((token, place) => <Part key={place} token={token} />) : text}
    </pre>
  );
}

function Part({ token: [text, kind] }: { token: Token }) {
  const family = familyOf(kind);
  return family ? <span className={classes[family]}>{text}</span> : text;
}
