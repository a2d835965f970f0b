// @vitest-environment jsdom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ScaledWindow } from "../src/grid/scaledWindow";
import { columnsIn, startsOf } from "../src/grid/useColumns";
import { type Rows, useRows } from "../src/grid/useRows";

describe("a window on a million rows", () => {
  const view = 600;
  const make = (rows: number) => {
    const window = new ScaledWindow(36, 1_000_000);
    window.setRows(rows);
    return window;
  };

  test("few rows are not scaled", () => {
    const window = make(1000);
    expect([window.height, window.scrolled(5000, view), window.topOf(10)]).toEqual([36_000, 5000, 360]);
  });

  test("the ends of the scroll bar are the first and the last row", () => {
    const window = make(1_000_000);
    expect(window.scrolled(window.height - view, view)).toBe(36_000_000 - view);
    expect(window.topOf(999_999)).toBe(window.height - 36);
    expect(window.scrolled(0, view)).toBe(0);
  });

  test("the wheel scrolls by pixels at any position", () => {
    const window = make(1_000_000);
    const before = window.scrolled(500_000, view);
    expect(window.scrolled(500_100, view) - before).toBe(100);
  });

  test("a position that was moved to lies within the height", () => {
    const window = make(1_000_000);
    for (const row of [0, 1, 500_000, 999_990]) {
      const top = window.moveTo(row * 36, view);
      expect(window.topOf(row)).toBeGreaterThanOrEqual(top - 1);
      expect(window.topOf(row)).toBeLessThan(top + view);
    }
  });

  test("rows added at the end move no visible row", () => {
    const window = make(20_000);
    window.scrolled(300_000, view);
    const before = window.topOf(10_000);
    window.setRows(30_000);
    window.scrolled(300_010, view);
    expect(window.topOf(10_000)).toBe(before);
  });
});

describe("the rows of a list of a hundred million", () => {
  const count = 100_000_000;
  const places: number[] = [];
  let rows: Rows;

  function List({ count, start }: { count: number; start?: number }) {
    rows = useRows({ count, rowHeight: 30, head: 34, start: start ?? 0, onPlace: (place) => places.push(place) });
    return createElement("div", { ref: rows.scroller });
  }

  const root = () => createRoot(document.body.appendChild(document.createElement("main")));
  const draw = (count: number, start = 0, into = root()) => {
    act(() => into.render(createElement(List, { count, start })));
    return into;
  };
  const scroll = (top: number) =>
    act(() => {
      const element = rows.scroller.current as HTMLElement;
      element.scrollTop = top;
      element.dispatchEvent(new Event("scroll"));
    });

  beforeEach(() => {
    vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
    vi.stubGlobal(
      "ResizeObserver",
      class {
        observe() {}
        disconnect() {}
      },
    );
    vi.spyOn(HTMLElement.prototype, "clientHeight", "get").mockReturnValue(634);
    places.length = 0;
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    document.body.replaceChildren();
  });

  test("are few at a time, in an element that browsers can draw", () => {
    draw(count);
    expect(rows.height).toBe(ScaledWindow.maxHeight);
    expect([rows.first, rows.last]).toEqual([0, 28]);
  });

  test("end where the scroll bar ends", () => {
    draw(count);
    scroll(rows.height - 600);
    expect(rows.last).toBe(count - 1);
    expect(rows.topOf(count - 1)).toBe(rows.height - 30);
  });

  test("are shown by number", () => {
    draw(count);
    act(() => rows.show(73_456_789));
    scroll((rows.scroller.current as HTMLElement).scrollTop);
    expect(rows.first).toBeLessThan(73_456_789);
    expect(rows.last).toBeGreaterThanOrEqual(73_456_789);
  });

  test("begin where the list was, as soon as so many are loaded", () => {
    const into = draw(10, 30_000);
    expect([rows.lastWanted, places]).toEqual([1000, []]);
    draw(2000, 30_000, into);
    scroll((rows.scroller.current as HTMLElement).scrollTop);
    expect([rows.first, rows.lastWanted, places]).toEqual([992, 0, [30_000]]);
  });

  test("begin at the top again when other rows are seen", () => {
    draw(count);
    scroll(4_000_000);
    act(() => rows.toTop());
    expect(rows.first).toBe(0);
  });
});

describe("the columns of a wide table", () => {
  const starts = startsOf(Array.from({ length: 1900 }, () => 100));

  test("are those in view and two on each side", () => {
    expect(columnsIn(starts, 50_000, 1000)).toEqual({ first: 498, last: 511 });
  });

  test("end with the last one", () => {
    expect(columnsIn(starts, 189_000, 1000)).toEqual({ first: 1888, last: 1899 });
    expect(columnsIn(startsOf([]), 0, 1000)).toEqual({ first: 0, last: -1 });
  });
});
