import { ActionIcon, Button, Kbd, Modal, Text, TextInput } from "@mantine/core";
import { useDebouncedValue, useHotkeys } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { api, must } from "../api/client";
import { SearchIcon } from "../components/icons";
import { Name } from "../components/Name";
import { search as t } from "../messages/en";
import { recentDatasets } from "../recent/recent";
import { useSession } from "../session/session";
import { type Choice, commandsFor, datasetChoice, fileChoice, publicationChoice, searchChoice } from "./choices";
import classes from "./Search.module.css";

const shown = 8;

interface PaletteProps {
  isOpen: boolean;
  open: () => void;
  close: () => void;
  /** Pages and commands, which are found by their names. */
  commands: Choice[];
}

/** The search that opens anywhere with Ctrl+K, and the button that says so. */
export function Palette({ isOpen, open, close, commands }: PaletteProps) {
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
        rightSection={
          <Kbd size="xs" aria-hidden>
            Ctrl K
          </Kbd>
        }
        className={classes.open}
        aria-keyshortcuts="Control+K"
      >
        {t.search}
      </Button>
      <ActionIcon variant="subtle" color="gray" size="lg" hiddenFrom="sm" onClick={open} aria-label={t.search}>
        <SearchIcon />
      </ActionIcon>
      <Modal
        opened={isOpen}
        onClose={close}
        title={t.search}
        size="lg"
        yOffset="10vh"
        closeButtonProps={{ "aria-label": t.close }}
        transitionProps={{ duration: 0 }}
      >
        <Finder commands={commands} onDone={close} />
      </Modal>
    </>
  );
}

function Finder({ commands, onDone }: { commands: Choice[]; onDone: () => void }) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const { me } = useSession();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [chosen, setChosen] = useState(0);
  const text = typed.trim();
  const [line] = useDebouncedValue(text, 150);
  const found = useQuery({
    queryKey: ["palette", line],
    enabled: line !== "",
    queryFn: ({ signal }) => must(api.GET("/search", { signal, params: { query: { q: line, limit: shown } } })),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const recent = useMemo(() => recentDatasets(me?.user ?? ""), [me]);
  const isEmpty = line === "" || text === "";
  const datasets = isEmpty ? [] : (found.data?.items ?? []);
  const publications = isEmpty ? [] : (found.data?.publications ?? []);
  // First the meaning of Enter while the answer is under way.
  const options: Choice[] = [
    searchChoice(text),
    ...(text === "" ? recent.map((one) => datasetChoice(one, t.recent)) : []),
    ...commandsFor(commands, text),
    ...(text === "" ? [] : fileChoice(pathname, text)),
    ...datasets.map((one) => datasetChoice(one, t.dataset2, text)),
    ...publications.map(publicationChoice),
  ];
  const at = Math.min(chosen, options.length - 1);
  const go = (choice: Choice | undefined) => {
    onDone();
    if (choice?.act) choice.act();
    else if (choice?.href) window.open(choice.href, "_blank", "noreferrer");
    else if (choice?.to) navigate(choice.to);
  };
  const press = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? options.length - 1 : 0;
    if (step > 0) setChosen((at + step) % options.length);
    else if (event.key === "Enter") go(options[at]);
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
        aria-label={t.searchDatasetsPagesAndCommands}
        placeholder={t.wordsTypeMxWavelengthAPage}
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
      <div role="listbox" id={`${id}-list`} aria-label={t.results}>
        {options.map((option, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field above has the keys
          <div
            key={option.key}
            role="option"
            tabIndex={-1}
            id={`${id}-${i}`}
            aria-selected={i === at}
            className={classes.option}
            onMouseMove={() => setChosen(i)}
            onClick={() => go(option)}
          >
            <Text size="sm" span truncate>
              <Name>{option.label}</Name>
            </Text>
            <Text size="xs" c="dimmed" span truncate className={classes.hint}>
              <Name>{option.hint}</Name>
            </Text>
          </div>
        ))}
      </div>
    </>
  );
}
