import { Kbd, Modal, Table, Text } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { isTyping } from "../components/isTyping";
import { shell as t } from "../messages/en";

/** A second key within so long makes a pair: g h. */
const pairMs = 1500;

const goes: Record<string, string> = { h: "/", d: "/datasets", l: "/live" };

const sheet: { title: string; keys: [string, string][] }[] = [
  {
    title: t.anywhere,
    keys: [
      ["Ctrl K", t.searchAndGoToAPage],
      ["/", t.searchFieldOfThePage],
      ["g h", t.home],
      ["g d", t.datasets],
      ["g l", t.live],
      ["?", t.thisList],
    ],
  },
  {
    title: t.dataset,
    keys: [
      ["t", t.findAFileByName],
      ["↑ ↓", t.rowsOfAListEnterOpens],
      ["← →", t.previousAndNextFileOrFrame],
      ["f", t.fullScreenOfAViewer],
    ],
  },
];

/** Keys of every page, and their list. */
export function Keys({ onSearch }: { onSearch: () => void }) {
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const began = useRef(0);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const isSecond = performance.now() - began.current < pairMs;
      began.current = event.key === "g" ? performance.now() : 0;
      const to = isSecond ? goes[event.key] : event.key === "t" ? filesOf(window.location.pathname) : undefined;
      if (to) navigate(to);
      else if (event.key === "/") focusSearch() || onSearch();
      else if (event.key === "?") setOpen(true);
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [navigate, onSearch]);
  return (
    <Modal
      opened={isOpen}
      onClose={() => setOpen(false)}
      title={t.keyboardShortcuts}
      centered
      closeButtonProps={{ "aria-label": t.close }}
    >
      {sheet.map(({ title, keys }) => (
        <Table key={title} aria-label={title} layout="fixed" mb="md">
          <Table.Caption style={{ captionSide: "top" }}>{title}</Table.Caption>
          <Table.Tbody>
            {keys.map(([key, meaning]) => (
              <Table.Tr key={key}>
                <Table.Td w={110}>
                  <Kbd>{key}</Kbd>
                </Table.Td>
                <Table.Td>
                  <Text size="sm">{meaning}</Text>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      ))}
    </Modal>
  );
}

/** Focuses the search field of the page; returns whether there is one. */
function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>('#main input[type="search"]');
  field?.focus();
  field?.select();
  return field !== null;
}

/** The list of all files of the dataset on a page, with its field focused. */
export function filesOf(pathname: string): string | undefined {
  const [, id] = /\/datasets\/([^/]+)/.exec(pathname) ?? [];
  return id && `/datasets/${id}?find=`;
}
