import { Text } from "@mantine/core";
import { serverAddress } from "../api/base";
import type { Schemas } from "../api/client";
import { CopyField } from "../components/CopyField";
import { Name } from "../components/Name";
import { ShownOnce } from "../components/ShownOnce";
import { tokens as t } from "../messages/en";

/** A new token, S3 key or narrowable key, shown once with the command that uses it. Its secret is in no address. */
export function MadeToken({ made }: { made: Schemas["CreatedToken"] }) {
  if (made.secretKey)
    return (
      <ShownOnce title={t.sKeyCreatedCopyTheSecret}>
        <CopyField label={t.accessKey} value={made.accessKey ?? ""} />
        <CopyField label={t.secretKey} value={made.secretKey} />
        <Regions made={made} />
      </ShownOnce>
    );
  const isKey = made.token?.startsWith("hutchkey_") === true;
  return (
    <ShownOnce title={isKey ? t.keyCreatedCopyItNow : t.tokenCreatedCopyItNow}>
      <CopyField label={isKey ? t.key : t.token} value={made.token ?? ""} />
      <Text size="sm">{isKey ? t.toUseTheKeyOnTheCommand : t.toUseItOnTheCommand}</Text>
      <CopyField label={t.loginCommand} value={`hutch login ${serverAddress}`} />
      {isKey && (
        <>
          <Text size="sm">{t.toNarrowItFurther}</Text>
          <CopyField label={t.narrowCommand} value="hutch token narrow --token-file - --scope read --for 1d" />
          <Regions made={made} />
        </>
      )}
    </ShownOnce>
  );
}

function Regions({ made }: { made: Schemas["CreatedToken"] }) {
  return made.sites?.map((site) => (
    <Text key={site.name} size="sm">
      {t.at}
      {site.name}
      {t.theRegion}
      <Name mono>{site.region}</Name>.
    </Text>
  ));
}
