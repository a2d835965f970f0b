import { Button } from "@mantine/core";
import { apiRoot } from "../api/base";
import type { LoginMethods } from "./loginCalls";

interface ProviderButtonsProps {
  providers: LoginMethods["oidc"];
  /** Where to return after the login. */
  target: string;
  /** Opens the URL instead of leaving the page. */
  onOpen?: (address: string) => void;
}

/** A button for each OpenID provider. */
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
