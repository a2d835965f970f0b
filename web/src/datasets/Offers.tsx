import { Alert, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { Name } from "../components/Name";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { datasets as t } from "../messages/en";
import { isPerson, useSession } from "../session/session";
import { formatBytes, plural } from "../text/format";
import { rightLabels } from "../text/rights";

type Offer = Schemas["OfferInfo"];

/** The datasets that others want to transfer to the user or to groups that the user manages. */
export function Offers() {
  const { me } = useSession();
  const offers = useQuery({ queryKey: ["offers"], queryFn: () => must(api.GET("/offers")), enabled: isPerson(me) });
  const items = offers.data?.items ?? [];
  return (
    <>
      {offers.isError && (
        <ProblemAlert error={offers.error} title={t.couldNotLoadTheOffers} onRetry={() => offers.refetch()} />
      )}
      {items.length > 0 && (
        <Stack gap="sm" mb="md">
          {items.map((offer) => (
            <OfferAlert key={offer.dataset} offer={offer} />
          ))}
        </Stack>
      )}
    </>
  );
}

function OfferAlert({ offer }: { offer: Offer }) {
  const [asking, setAsking] = useState<"accept" | "decline">();
  const [slug, setSlug] = useState(offer.name.split("/")[1] ?? "");
  const queries = useQueryClient();
  const params = { params: { path: { id: offer.dataset } } };
  const group = offer.to.startsWith("group:") ? offer.to.slice("group:".length) : undefined;
  const finish = async (message: string) => {
    notifications.show({ message });
    await queries.invalidateQueries({ queryKey: ["offers"] });
    await queries.invalidateQueries({ queryKey: ["datasets"] });
  };
  return (
    <Alert variant="light" title={t.offersADataset(offer.by, group ? t.theGroup(group) : t.you)}>
      <Stack gap="xs">
        <Text size="sm">
          <b>
            <Name wrap>{offer.name}</Name>
          </b>
          {offer.title && (
            <>
              {" "}
              · <Name wrap>{offer.title}</Name>
            </>
          )}{" "}
          · {plural(offer.files, t.countFiles)}, {formatBytes(offer.bytes)}
          {t.since}
          <Time value={offer.time} />
        </Text>
        <Text size="sm">
          {offer.giverKeeps
            ? t.keepsAccess(offer.by, (rightLabels[offer.giverKeeps] ?? offer.giverKeeps).toLowerCase())
            : t.keepsNoAccess(offer.by)}
          {offer.grants.length > 0 &&
            t.sharedWith(offer.grants.map((grant) => `${grant.principal} (${grant.right})`).join(", "))}
        </Text>
        {offer.hindrance && (
          <Text size="sm" c="red.9">
            {offer.hindrance}
          </Text>
        )}
        <Group gap="xs">
          <Button size="xs" onClick={() => setAsking("accept")}>
            {t.accept}
          </Button>
          <Button size="xs" variant="default" onClick={() => setAsking("decline")}>
            {t.decline}
          </Button>
        </Group>
      </Stack>
      <ConfirmDialog
        title={t.acceptThisDataset}
        action={t.accept}
        isOpen={asking === "accept"}
        isReady={slug.trim() !== ""}
        onClose={() => setAsking(undefined)}
        onConfirm={async () => {
          const { name } = await must(api.POST("/offers/{id}/accept", { ...params, body: { slug: slug.trim() } }));
          await finish(t.isYoursNow(name));
        }}
      >
        <Text size="sm">
          <Name wrap>{offer.name}</Name>
          {t.willBelong}
          {group ? <Name wrap>{group}</Name> : "you"}
          {t.andCountForTheQuota}
        </Text>
        <TextInput label={t.name} value={slug} onChange={(e) => setSlug(e.currentTarget.value)} spellCheck={false} />
      </ConfirmDialog>
      <ConfirmDialog
        title={t.declineThisDataset}
        action={t.decline}
        isOpen={asking === "decline"}
        onClose={() => setAsking(undefined)}
        onConfirm={async () => {
          await must(api.DELETE("/offers/{id}", params));
          await finish(t.declined(offer.name));
        }}
      >
        <Text size="sm">
          <Name wrap>{offer.name}</Name>
          {t.staysWithItsOwner}
        </Text>
      </ConfirmDialog>
    </Alert>
  );
}
