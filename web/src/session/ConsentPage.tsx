import { Alert, Button, Group, Radio, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "react-router";
import { api, must, type Schemas } from "../api/client";
import { Loading } from "../components/Loading";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { session as t } from "../messages/en";
import { type Choice, choiceOf, choices, describeChoice, scopesOf, siteOf, waitingOf, warningOf } from "./consents";

/** Asks whether a site may log the person in, and with which rights. */
export default function ConsentPage() {
  usePageTitle(t.allowALogin);
  const { search } = useLocation();
  const site = siteOf(search);
  const offer = useQuery({
    queryKey: ["consent", site],
    queryFn: () => must(api.GET("/login/consent", { params: { query: { site } } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Stack maw={560}>
      {offer.isPending && <Loading />}
      {offer.isError && <ProblemAlert error={offer.error} title={t.couldNotShowTheSite} />}
      {offer.data && <Question offer={offer.data} waiting={waitingOf(search)} />}
    </Stack>
  );
}

function Question({ offer, waiting }: { offer: Schemas["ConsentOfferInfo"]; waiting?: string }) {
  const [choice, setChoice] = useState<Choice>(choiceOf(offer.allowed ?? offer.suggested));
  const [answer, setAnswer] = useState<boolean>();
  const { error, isBusy, onSubmit } = useWork();
  const warning = warningOf(choice);

  const allow = onSubmit(async () => {
    const given = await must(
      api.POST("/login/consent", { body: { site: offer.site, scopes: scopesOf(choice), query: waiting } }),
    );
    if (given.location) window.location.assign(given.location);
    else setAnswer(true);
  });

  return (
    <>
      <Title order={1} size="h2">
        {t.allowALoginAt(offer.site)}
      </Title>
      {answer !== undefined ? (
        <Alert color={answer ? "green" : "gray"} role="status">
          {answer ? t.allowedYouCanCloseThisPage : t.nothingWasAllowed}
        </Alert>
      ) : (
        <form onSubmit={allow}>
          <Stack>
            <Text>
              <b>{offer.site}</b> ({offer.address}){t.isASiteSince}
              <Time value={offer.joined} />. {runBy(offer)}
            </Text>
            <Text>{offer.trusted ? t.theZoneTrustsIt : t.theOperatorCanUseTheLogin}</Text>
            <Radio.Group label={t.theSiteMay} value={choice} onChange={(value) => setChoice(value as Choice)}>
              <Stack gap="xs" mt="xs">
                {choices.map((one) => (
                  <Radio key={one} value={one} label={describeChoice(one, offer.site)} />
                ))}
              </Stack>
            </Radio.Group>
            {warning && (
              <Alert color="orange" role="alert">
                {warning}
              </Alert>
            )}
            <Text size="sm" c="dimmed">
              {t.youCanEndThis}
            </Text>
            <ProblemAlert error={error} title={t.couldNotAllowTheLogin} />
            <Group>
              <Button type="submit" loading={isBusy}>
                {t.allow}
              </Button>
              <Button variant="default" disabled={isBusy} onClick={() => setAnswer(false)}>
                {t.doNotAllow}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </>
  );
}

/** Who runs the site, as far as the zone knows. */
function runBy(offer: Schemas["ConsentOfferInfo"]): string {
  if (offer.runBy) return t.itIsRunBy(offer.runBy);
  return offer.administrators.length > 0
    ? t.itsAdministratorsAre(offer.administrators.join(", "))
    : t.itIsNotKnownWhoRunsIt;
}
