import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import type { Choice } from "../search/choices";
import { isPerson, useSession } from "../session/session";
import { useZonePortal } from "../session/useSiteName";
import { administration, atZone, places, publicPlaces } from "./pages";

/** The pages that a user may open and the commands of every page, for the search. */
export function useCommands(): Choice[] {
  const { me, hasRole } = useSession();
  const zone = useZonePortal();
  const { setColorScheme } = useMantineColorScheme();
  const other = useComputedColorScheme("light") === "dark" ? "light" : "dark";
  const isUser = isPerson(me);
  const own = (isUser ? places : publicPlaces).filter(({ to }) => !zone || !atZone.includes(to));
  const allowed = administration.filter(({ roles }) => hasRole(...(roles ?? [])));
  return [
    ...(isUser ? [{ key: "/new", label: "New dataset", hint: "Command", to: "/new" }] : []),
    ...own.map(({ to, label }) => ({ key: to, label, hint: "Page", to })),
    ...allowed.map(({ to, label }) => ({ key: to, label, hint: "Administration", to })),
    ...(isUser && !zone ? [{ key: "/profile", label: "Profile", hint: "Page", to: "/profile" }] : []),
    { key: "/trash", label: "Trash", hint: "Page", to: "/trash" },
    { key: "/help", label: "Help", hint: "Page", to: "/help/README" },
    { key: "scheme", label: `Switch to ${other} mode`, hint: "Command", act: () => setColorScheme(other) },
  ];
}
