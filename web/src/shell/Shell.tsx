import {
  ActionIcon,
  AppShell,
  Box,
  Burger,
  Button,
  Group,
  Menu,
  NavLink,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
  VisuallyHidden,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { lazy, Suspense, useLayoutEffect, useRef } from "react";
import { Link, Outlet, useLocation, useSearchParams } from "react-router";
import { portalRoot } from "../api/base";
import { load } from "../api/load";
import { ErrorBoundary } from "../components/ErrorBoundary";
import { HelpIcon, HutchMark, LogoutIcon, MoonIcon, SunIcon, UserIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { helpFor } from "../help/pages";
import { shell as t } from "../messages/en";
import { Bell, BellOfZone } from "../notices/Bell";
import { Palette } from "../search/Palette";
import { logout } from "../session/loginCalls";
import { isPerson, type Me, useSession } from "../session/session";
import { useLoginAddress } from "../session/useLoginAddress";
import { useSiteName, useZonePortal } from "../session/useSiteName";
import { useHasUploads } from "../upload/present";
import { useCommands } from "./commands";
import { Keys } from "./Keys";
import { administration, atZone, type Place, places, publicPlaces } from "./pages";
import classes from "./Shell.module.css";
import { pageOf, useScrollPlace } from "./useScrollPlace";

const UploadTray = lazy(() => load(() => import("../upload/UploadTray")));

/** The frame of every page: header and navigation. */
export function Shell() {
  const { me, hasRole } = useSession();
  const [isOpen, nav] = useDisclosure();
  const [isSearching, search] = useDisclosure();
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const arrived = useRef(pathname);
  const close = nav.close;

  // A new page closes the menu and moves the focus to its content before it is painted: later, the user may be typing in it.
  // If the user is typing a search, the focus stays there.
  useLayoutEffect(() => {
    if (pageOf(pathname) === pageOf(arrived.current)) return;
    arrived.current = pathname;
    close();
    if (!isSearching) main.current?.focus({ preventScroll: true });
  }, [pathname, close, isSearching]);
  useScrollPlace();

  const isWall = useSearchParams()[0].has("kiosk");
  const zone = useZonePortal();
  const commands = useCommands();
  const hasUploads = useHasUploads();
  if (isWall)
    return (
      <main ref={main} id="main" className={classes.wall}>
        <Outlet />
      </main>
    );
  const allowed = administration.filter((place) => hasRole(...(place.roles ?? [])));
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !isOpen } }}
      padding="md"
    >
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        {t.skipToContent}
      </button>
      <AppShell.Header className={classes.frame}>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={nav.toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? t.closeMenu : t.openMenu}
            />
            <Link to="/" className={classes.brand}>
              <HutchMark size={26} className={classes.mark} />
              <Text fw={650} size="lg" span>
                Hutch
              </Text>
              <SiteName />
            </Link>
          </Group>
          <Group gap={6} wrap="nowrap">
            {!isGuest(me) && (
              <Palette isOpen={isSearching} open={search.open} close={search.close} commands={commands} />
            )}
            <Keys onSearch={search.open} />
            {isPerson(me) && (zone ? <BellOfZone zone={zone} /> : <Bell user={me?.user ?? ""} />)}
            <HelpButton pathname={pathname} />
            <SchemeButton />
            {me ? <PersonMenu me={me} /> : <LoginButton />}
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" component="nav" className={classes.frame} aria-label={t.pages}>
        {(!me ? publicPlaces : isGuest(me) ? [] : places).map((place) =>
          zone && atZone.includes(place.to) ? (
            <NavLink
              key={place.to}
              component="a"
              href={zone + place.to}
              label={place.label}
              leftSection={place.icon}
              className={classes.link}
            />
          ) : (
            <PlaceLink key={place.to} place={place} pathname={pathname} />
          ),
        )}
        {allowed.length > 0 && (
          <>
            <Text size="xs" fw={600} c="dimmed" px="sm" pt="lg" pb={4}>
              {t.administration}
            </Text>
            {allowed.map((place) => (
              <PlaceLink key={place.to} place={place} pathname={pathname} />
            ))}
          </>
        )}
        <Box mt="auto" pt="lg">
          <NavLink
            component="a"
            href={`${portalRoot}docs`}
            label={
              <Text size="xs" c="dimmed">
                {t.restApi}
              </Text>
            }
            className={classes.link}
          />
        </Box>
      </AppShell.Navbar>
      <AppShell.Main ref={main} id="main" tabIndex={-1} className={classes.main}>
        <ErrorBoundary key={pageOf(pathname)}>
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </AppShell.Main>
      {me && hasUploads && (
        <Suspense>
          <UploadTray />
        </Suspense>
      )}
    </AppShell>
  );
}

/** Whether the user came by a share link and has no account. */
function isGuest(me: Me | null): boolean {
  return me?.session !== undefined && me.session.user === undefined;
}

function PlaceLink({ place, pathname }: { place: Place; pathname: string }) {
  const isHere =
    place.to === "/"
      ? pathname === "/"
      : pathname.startsWith(place.to) || (place.to === "/datasets" && /^\/(shared|trash|new)$/.test(pathname));
  return (
    <NavLink
      component={Link}
      to={place.to}
      label={place.label}
      leftSection={place.icon}
      active={isHere}
      aria-current={isHere ? "page" : undefined}
      className={classes.link}
    />
  );
}

function SiteName() {
  const site = useSiteName();
  if (site === undefined) return null;
  return (
    <Text size="sm" c="dimmed" span visibleFrom="xs" maw={180}>
      <Name>{site}</Name>
    </Text>
  );
}

/** The help about the page that is seen. */
function HelpButton({ pathname }: { pathname: string }) {
  return (
    <Tooltip label={t.helpForThisPage}>
      <ActionIcon
        component={Link}
        to={`/help/${helpFor(pathname)}`}
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t.helpForThisPage}
      >
        <HelpIcon />
      </ActionIcon>
    </Tooltip>
  );
}

function SchemeButton() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme("light");
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={t.switchToMode(other)}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        onClick={() => setColorScheme(other)}
        aria-label={t.switchToMode(other)}
      >
        {scheme === "dark" ? <SunIcon /> : <MoonIcon />}
      </ActionIcon>
    </Tooltip>
  );
}

function LoginButton() {
  return (
    <Button component={Link} to={useLoginAddress()} size="sm">
      {t.logIn}
    </Button>
  );
}

function PersonMenu({ me }: { me: Me }) {
  const zone = useZonePortal();
  const leave = async () => {
    await logout();
    window.location.assign(`${portalRoot}login`);
  };
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t.yourAccount}>
          <UserIcon />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <VisuallyHidden>{t.loggedIn}</VisuallyHidden>
          <Name>{isGuest(me) ? t.guestShareLink : me.displayName || me.user}</Name>
        </Menu.Label>
        {!isGuest(me) &&
          (zone ? (
            <Menu.Item component="a" href={`${zone}/profile`} leftSection={<UserIcon size={16} />}>
              {t.profileAt(new URL(zone).host)}
            </Menu.Item>
          ) : (
            <Menu.Item component={Link} to="/profile" leftSection={<UserIcon size={16} />}>
              {t.profile}
            </Menu.Item>
          ))}
        <Menu.Item leftSection={<LogoutIcon size={16} />} onClick={leave}>
          {t.logOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
