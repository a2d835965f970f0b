import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useReducer, useRef } from "react";
import { apiRoot } from "../api/base";
import type { Schemas } from "../api/client";
import { readAgain } from "../api/readAgain";
import { Arrivals } from "./arrivals";

/** How often the page is drawn again, whatever arrives, milliseconds. */
const pauseMs = 400;
/** What changes the lists of datasets and runs. */
const listChanges = ["dataset.created", "dataset.described", "dataset.trashed", "run.started", "run.finished"];

/**
 * What arrives at this site, as far as the reader may see it: one stream of events for the whole page. Only the visible tab listens;
 * what it has missed meanwhile is asked for when it is seen again.
 */
export function useArrivals(): { arrivals: Arrivals; now: number } {
  const arrivals = useRef(new Arrivals());
  const [now, tick] = useReducer(() => Date.now(), Date.now());
  const queries = useQueryClient();
  useEffect(() => {
    let source: EventSource | undefined;
    let timer: number | undefined;
    let lists: number | undefined;
    const renewLists = () => {
      lists ??= window.setTimeout(() => {
        lists = undefined;
        void readAgain(queries, ["live"]);
      }, pauseMs);
    };
    const onEvent = (event: MessageEvent<string>) => {
      const known = arrivals.current.datasets.length;
      const happened = JSON.parse(event.data) as Schemas["EventInfo"];
      if (arrivals.current.take(happened, Date.now())) timer ??= window.setTimeout(draw, pauseMs);
      // The first frame of a series: the page may not know its dataset.
      if (arrivals.current.datasets.length !== known) renewLists();
    };
    const draw = () => {
      timer = undefined;
      tick();
    };
    const listen = () => {
      if (document.hidden) {
        source?.close();
        source = undefined;
      } else if (!source) {
        source = new EventSource(`${apiRoot}/events`);
        for (const kind of ["entry.put", "result.row"]) source.addEventListener(kind, onEvent);
        for (const kind of listChanges) source.addEventListener(kind, renewLists);
        // What came before the connection was open.
        source.onopen = renewLists;
      }
    };
    listen();
    document.addEventListener("visibilitychange", listen);
    // Nothing is asked: a rate falls while nothing arrives.
    const clock = window.setInterval(tick, 1000);
    return () => {
      document.removeEventListener("visibilitychange", listen);
      window.clearInterval(clock);
      window.clearTimeout(timer);
      window.clearTimeout(lists);
      source?.close();
    };
  }, [queries]);
  return { arrivals: arrivals.current, now };
}
