import { Alert, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { session as t } from "../messages/en";
import { answerDevice } from "./loginCalls";

type Asking = Awaited<ReturnType<typeof answerDevice>>;

/** Approves a login of the command line. The code is typed, so that no link can approve a login of another person. */
export default function DevicePage() {
  usePageTitle(t.logInOnTheCommandLine);
  const [code, setCode] = useState("");
  const [asking, setAsking] = useState<Asking>();
  const [answer, setAnswer] = useState<boolean>();
  const { error, isBusy, run, onSubmit } = useWork();

  const send = (approve: boolean) =>
    run(async () => {
      await answerDevice(code, approve);
      setAnswer(approve);
    });

  return (
    <Stack maw={480}>
      <Title order={1} size="h2">
        {t.logInOnTheCommandLine}
      </Title>
      {answer !== undefined ? (
        <Alert color={answer ? "green" : "gray"} role="status">
          {answer ? t.theCommandLineIsLogged : t.theLoginWasRefused}
        </Alert>
      ) : asking ? (
        <>
          <Text>
            {t.aProgram}
            <b>{asking.address || t.thisMachine}</b> ({asking.agent || t.unknownProgram}
            {t.asksToLog}
            {new Date(asking.begun).toLocaleTimeString()}.
          </Text>
          <Text>{t.approveItOnlyIfYouHave}</Text>
          <ProblemAlert error={error} title={t.couldNotAnswer} />
          <Group>
            <Button onClick={() => send(true)} loading={isBusy}>
              {t.approve}
            </Button>
            <Button variant="default" onClick={() => send(false)} disabled={isBusy}>
              {t.refuse}
            </Button>
          </Group>
        </>
      ) : (
        <form onSubmit={onSubmit(async () => setAsking(await answerDevice(code)))}>
          <Stack>
            <TextInput
              label={t.code}
              description={t.theCodeThatHutchLoginShows}
              autoComplete="off"
              autoCapitalize="characters"
              required
              maxLength={20}
              value={code}
              onChange={(e) => setCode(e.currentTarget.value)}
              data-autofocus
            />
            <ProblemAlert error={error} title={t.noSuchCode} />
            <Group>
              <Button type="submit" loading={isBusy}>
                {t.continue}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
