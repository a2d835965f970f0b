import { Alert, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { ProblemAlert } from "../components/ProblemAlert";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { answerDevice } from "./loginCalls";

type Asking = Awaited<ReturnType<typeof answerDevice>>;

/** Approves a login of the command line. The code is typed, so that no link can approve a login of another person. */
export default function DevicePage() {
  usePageTitle("Log in on the command line");
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
        Log in on the command line
      </Title>
      {answer !== undefined ? (
        <Alert color={answer ? "green" : "gray"} role="status">
          {answer ? "The command line is logged in. You can close this page." : "The login was refused."}
        </Alert>
      ) : asking ? (
        <>
          <Text>
            A program at <b>{asking.address || "this machine"}</b> ({asking.agent || "unknown program"}) asks to log in
            as you, since {new Date(asking.begun).toLocaleTimeString()}.
          </Text>
          <Text>Approve it only if you have just run `hutch login` there.</Text>
          <ProblemAlert error={error} title="Could not answer" />
          <Group>
            <Button onClick={() => send(true)} loading={isBusy}>
              Approve
            </Button>
            <Button variant="default" onClick={() => send(false)} disabled={isBusy}>
              Refuse
            </Button>
          </Group>
        </>
      ) : (
        <form onSubmit={onSubmit(async () => setAsking(await answerDevice(code)))}>
          <Stack>
            <TextInput
              label="Code"
              description="The code that `hutch login` shows, such as WDJB-MJHT."
              autoComplete="off"
              autoCapitalize="characters"
              required
              maxLength={20}
              value={code}
              onChange={(e) => setCode(e.currentTarget.value)}
              data-autofocus
            />
            <ProblemAlert error={error} title="No such code" />
            <Group>
              <Button type="submit" loading={isBusy}>
                Continue
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Stack>
  );
}
