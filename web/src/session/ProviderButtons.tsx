import { Button } from "@mantine/core";
import { apiRoot } from "../api/base";
import type { LoginMethods } from "./login-calls";

interface ProviderButtonsProps {
  providers: LoginMethods["oidc"];
  /** Where the provider leads back to. */
  target: string;
  /** Opens the address instead of leaving the page. */
  onOpen?: (address: string) => void;
}

/** A button for each OpenID provider of the site. */
export function ProviderButtons({ providers, target, onOpen }: ProviderButtonsProps) {
  return providers?.map(({ id, label }) => {
    const address = `${apiRoot}/login/oidc/${encodeURIComponent(id)}?return=${encodeURIComponent(target)}`;
    return onOpen ? (
      <Button key={id} variant="default" fullWidth onClick={() => onOpen(address)}>
        Log in with {label}
      </Button>
    ) : (
      <Button key={id} component="a" variant="default" fullWidth href={address}>
        Log in with {label}
      </Button>
    );
  });
}
