import { Button } from "@mantine/core";
import { apiRoot } from "../api/base";
import { session as t } from "../messages/en";
import type { LoginMethods } from "./loginCalls";
import { useZonePortal } from "./useSiteName";

interface ProviderButtonsProps {
  providers: LoginMethods["oidc"];
  /** Where to return after the login. */
  target: string;
  /** Opens the URL instead of leaving the page. */
  onOpen?: (address: string) => void;
}

/** A button for the zone of a site, and one for each OpenID provider. */
export function ProviderButtons({ providers = [], target, onOpen }: ProviderButtonsProps) {
  const zone = useZonePortal();
  const ways = providers.map(({ id, label }) => ({ path: `oidc/${encodeURIComponent(id)}`, label }));
  if (zone) ways.unshift({ path: "zone", label: t.theZone(new URL(zone).host) });
  return ways.map(({ path, label }) => {
    const address = `${apiRoot}/login/${path}?return=${encodeURIComponent(target)}`;
    return onOpen ? (
      <Button key={path} variant="default" fullWidth onClick={() => onOpen(address)}>
        {t.logIn2(label)}
      </Button>
    ) : (
      <Button key={path} component="a" variant="default" fullWidth href={address}>
        {t.logIn2(label)}
      </Button>
    );
  });
}
