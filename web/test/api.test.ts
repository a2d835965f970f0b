import { QueryClient, QueryObserver } from "@tanstack/react-query";
import { describe, expect, test } from "vitest";
import { readAgain } from "../src/api/readAgain";

const key = ["rows", "lysozyme"];

/** A page that shows what a server answers; an answer is on its way until it is given. */
function watch() {
  const queries = new QueryClient();
  const asked: ((answer: string) => void)[] = [];
  const observer = new QueryObserver<string>(queries, {
    queryKey: key,
    queryFn: () => new Promise<string>((answer) => asked.push(answer)),
  });
  const stop = observer.subscribe(() => undefined);
  return { queries, asked, stop, shown: () => observer.getCurrentResult().data };
}

describe("what the server has told to be stale", () => {
  test("is read again behind a first answer that is on its way", async () => {
    const { queries, asked, stop, shown } = watch();

    const done = readAgain(queries, key);
    asked[0]?.("before the change");
    await expect.poll(() => asked.length).toBe(2);
    asked[1]?.("after it");
    await done;

    expect(shown()).toBe("after it");
    stop();
  });

  test("is read again where it is shown already", async () => {
    const { queries, asked, stop, shown } = watch();
    asked[0]?.("before the change");
    await expect.poll(shown).toBe("before the change");

    const done = readAgain(queries, key);
    await expect.poll(() => asked.length).toBe(2);
    asked[1]?.("after it");
    await done;

    expect(shown()).toBe("after it");
    stop();
  });
});
