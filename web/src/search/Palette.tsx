import { ActionIcon, Button, Kbd, Modal, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useState } from "react";
import { useNavigate } from "react-router";
import { api, must } from "../api/client";
import { SearchIcon } from "../components/icons";
import { Name } from "../components/Name";
import classes from "./Search.module.css";

const shown = 8;

/** The search that opens anywhere with Ctrl+K, and the button that says so. */
export function Palette({ isOpen, open, close }: { isOpen: boolean; open: () => void; close: () => void }) {
  // Also while something else is being typed.
  useHotkeys([["mod+K", open]], []);
  return (
    <>
      <Button
        variant="default"
        size="sm"
        visibleFrom="sm"
        onClick={open}
        leftSection={<SearchIcon size={16} />}
        rightSection={<Kbd size="xs">Ctrl K</Kbd>}
        className={classes.open}
        aria-keyshortcuts="Control+K"
        aria-label="Search"
      >
        Search
      </Button>
      <ActionIcon variant="subtle" color="gray" size="lg" hiddenFrom="sm" onClick={open} aria-label="Search">
        <SearchIcon />
      </ActionIcon>
      <Modal
        opened={isOpen}
        onClose={close}
        title="Search datasets"
        size="lg"
        yOffset="10vh"
        closeButtonProps={{ "aria-label": "Close" }}
        transitionProps={{ duration: 0 }}
      >
        <Finder onDone={close} />
      </Modal>
    </>
  );
}

function Finder({ onDone }: { onDone: () => void }) {
  const navigate = useNavigate();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const [line] = useDebouncedValue(typed.trim(), 150);
  const found = useQuery({
    queryKey: ["palette", line],
    enabled: line !== "",
    queryFn: ({ signal }) => must(api.GET("/search", { signal, params: { query: { q: line, limit: shown } } })),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const all = { key: "all", to: `/search?q=${encodeURIComponent(typed.trim())}` };
  const datasets = line === "" ? [] : (found.data?.items ?? []);
  // First what Enter means while the answer is still under way.
  const options = [all, ...datasets.map((one) => ({ key: one.id, to: `/datasets/${one.id}` }))];
  const at = Math.min(chosen, options.length - 1);
  const go = (to: string) => {
    onDone();
    navigate(to);
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? options.length - 1 : 0;
    if (step > 0) setChosen((at + step) % options.length);
    else if (event.key === "Enter") go(options[at]?.to ?? all.to);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <TextInput
        role="combobox"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={`${id}-${at}`}
        aria-label="Search datasets"
        placeholder="Words, type:mx, wavelength < 1 Å"
        leftSection={<SearchIcon size={16} />}
        value={typed}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          setChosen(0);
        }}
        onKeyDown={press}
        data-autofocus
        mb="xs"
        error={line !== "" && found.isError ? found.error.message : undefined}
      />
      <div role="listbox" id={`${id}-list`} aria-label="Datasets">
        {options.map((option, i) => {
          const dataset = datasets[i - 1];
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
            <div
              key={option.key}
              role="option"
              tabIndex={-1}
              id={`${id}-${i}`}
              aria-selected={i === at}
              className={classes.option}
              onMouseMove={() => setChosen(i)}
              onClick={() => go(option.to)}
            >
              <Text size="sm" span truncate>
                {dataset ? (
                  <Name>{dataset.name}</Name>
                ) : typed.trim() ? (
                  "All results, with filters"
                ) : (
                  "All datasets, with filters"
                )}
              </Text>
              {dataset && (
                <Text size="xs" c="dimmed" span truncate>
                  <Name>{dataset.title || dataset.type}</Name>
                </Text>
              )}
            </div>
          );
        })}
      </div>
    </>
  );
}
