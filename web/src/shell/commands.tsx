import { useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { shell as t } from "../messages/en";
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
    ...(isUser ? [{ key: "/new", label: t.newDataset, hint: t.command, to: "/new" }] : []),
    ...own.map(({ to, label }) => ({ key: to, label, hint: t.page, to })),
    ...allowed.map(({ to, label }) => ({ key: to, label, hint: t.administration, to })),
    ...(isUser && !zone ? [{ key: "/profile", label: t.profile, hint: t.page, to: "/profile" }] : []),
    { key: "/trash", label: t.trash, hint: t.page, to: "/trash" },
    { key: "/help", label: t.help, hint: t.page, to: "/help/README" },
    { key: "scheme", label: t.switchToMode(other), hint: t.command, act: () => setColorScheme(other) },
  ];
}
