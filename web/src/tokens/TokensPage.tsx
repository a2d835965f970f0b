import {
  Badge,
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  Stack,
  Table,
  Text,
  TextInput,
  VisuallyHidden,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, done, must, type Schemas } from "../api/client";
import { ConfirmDialog } from "../components/ConfirmDialog";
import { EmptyState } from "../components/EmptyState";
import { EndButton } from "../components/EndButton";
import { KeyIcon, PlusIcon } from "../components/icons";
import { Loading } from "../components/Loading";
import { Name } from "../components/Name";
import { PageHeader } from "../components/PageHeader";
import { ProblemAlert } from "../components/ProblemAlert";
import { Time } from "../components/Time";
import { usePageTitle } from "../components/usePageTitle";
import { useWork } from "../components/useWork";
import { WideTable } from "../components/WideTable";
import { tokens as t } from "../messages/en";
import { lifeChoices } from "../text/lifetimes";
import { MadeToken } from "./MadeToken";
import { kindOf, requestOf, scopesOfKeys } from "./request";

type Token = Schemas["TokenInfo"];
const scopes: Record<string, string> = {
  read: t.readListAndDownload,
  write: t.writeFilesAndMetadata,
  manage: t.manageShareCloseDelete,
  admin: t.adminWhatYourRolesAllow,
};

/** Access tokens for the command line and for programs. */
export default function TokensPage() {
  usePageTitle(t.tokens);
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ["tokens"],
    queryFn: () => must(api.GET("/tokens", { params: { query: { limit: 1000 } } })),
  });
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<Schemas["CreatedToken"]>();
  const [revoking, setRevoking] = useState<Token>();
  const tokens = query.data?.items ?? [];
  const make = (
    <Button leftSection={<PlusIcon size={16} />} onClick={() => setMaking(true)}>
      {t.newToken}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.tokens} actions={tokens.length > 0 && make}>
        {t.tokensGiveTheCommandLine}
      </PageHeader>
      <Stack>
        {made && <MadeToken made={made} />}
        {query.isPending && <Loading />}
        {query.isError && (
          <ProblemAlert error={query.error} title={t.couldNotLoadYourTokens} onRetry={() => query.refetch()} />
        )}
        {query.isSuccess && tokens.length === 0 && (
          <EmptyState icon={<KeyIcon size={26} />} title={t.noTokensYet} action={make}>
            {t.createASeparateToken}
          </EmptyState>
        )}
        {tokens.length > 0 && (
          <WideTable label={t.tokens} hasActions minWidth={720}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.name}</Table.Th>
                <Table.Th w={220}>{t.scopes}</Table.Th>
                <Table.Th w={120}>{t.lastUsed}</Table.Th>
                <Table.Th w={120}>{t.expires}</Table.Th>
                <Table.Th w={100}>
                  <VisuallyHidden>{t.actions}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {tokens.map((token) => (
                <Table.Tr key={token.id}>
                  <Table.Td style={{ maxWidth: 0 }}>
                    <Text size="sm" fw={600} truncate>
                      <Name>{token.name ?? t.noName}</Name>
                    </Text>
                    <Text size="xs" c="dimmed" truncate>
                      <Name mono>{token.id}</Name>
                      {t.created}
                      <Time value={token.created} />
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Group gap={4}>
                      {token.scopes?.map((scope) => (
                        <Badge key={scope} size="sm" variant="light" tt="none">
                          {scope}
                        </Badge>
                      ))}
                      {token.accessKey && (
                        <Badge size="sm" variant="outline" tt="none">
                          {t.sKey}
                        </Badge>
                      )}
                      {token.narrowable && (
                        <Badge size="sm" variant="outline" tt="none">
                          {t.narrowable}
                        </Badge>
                      )}
                      {token.sites && token.sites.length > 0 && (
                        <Badge size="sm" variant="outline" tt="none">
                          {t.opens(token.sites.join(", "))}
                        </Badge>
                      )}
                      {token.dataset && (
                        <Badge size="sm" variant="outline" tt="none">
                          {t.oneDataset}
                        </Badge>
                      )}
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed">
                      {token.lastUsed ? <Time value={token.lastUsed} /> : "never"}
                    </Text>
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm" c="dimmed">
                      {token.expires ? <Time value={token.expires} /> : "never"}
                    </Text>
                  </Table.Td>
                  <Table.Td ta="right">
                    <EndButton label={t.revokeToken(token.name ?? token.id)} onClick={() => setRevoking(token)}>
                      {t.revoke}
                    </EndButton>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </WideTable>
        )}
      </Stack>
      {isMaking && (
        <NewToken
          onClose={() => setMaking(false)}
          onMade={async (token) => {
            setMade(token);
            setMaking(false);
            await queries.invalidateQueries({ queryKey: ["tokens"] });
          }}
        />
      )}
      <ConfirmDialog
        title={t.revokeThisToken}
        action={t.revokeToken2}
        isDangerous
        isOpen={revoking !== undefined}
        onClose={() => setRevoking(undefined)}
        onConfirm={async () => {
          if (revoking) await done(api.DELETE("/tokens/{token}", { params: { path: { token: revoking.id } } }));
          setMade(undefined);
          await queries.invalidateQueries({ queryKey: ["tokens"] });
        }}
      >
        <Text size="sm">
          {t.programsThatUse}
          <Name>{revoking?.name ?? revoking?.id ?? ""}</Name>
          {t.loseAccessAtOnceYouCannot}
        </Text>
      </ConfirmDialog>
    </>
  );
}

function NewToken({
  onClose,
  onMade,
}: {
  onClose: () => void;
  onMade: (token: Schemas["CreatedToken"]) => Promise<void>;
}) {
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>(["read", "write"]);
  const [life, setLife] = useState(String(30 * 86_400));
  const [dataset, setDataset] = useState("");
  const [isS3, setS3] = useState(false);
  const [isNarrowable, setNarrowable] = useState(false);
  const [sites, setSites] = useState("");
  const [folder, setFolder] = useState("");
  const kind = kindOf(isS3, isNarrowable);
  const body = requestOf({ name, scopes: chosen, life, dataset, folder, kind, sites });
  const work = useWork();
  const create = work.onSubmit(async () => {
    const token = await must(api.POST("/tokens", { body }));
    await onMade(token);
  });
  return (
    <Modal opened onClose={onClose} title={t.newToken} centered closeButtonProps={{ "aria-label": t.close }}>
      <form onSubmit={create}>
        <Stack>
          <TextInput
            label={t.name}
            description={t.whatTheToken}
            placeholder="laptop"
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
            data-autofocus
          />
          <Checkbox.Group label={t.scopes} value={chosen} onChange={setChosen}>
            <Stack gap={8} mt={6}>
              {Object.entries(scopes).map(([scope, label]) => (
                <Checkbox
                  key={scope}
                  value={scope}
                  label={label}
                  disabled={kind === "key" && !scopesOfKeys.includes(scope)}
                />
              ))}
            </Stack>
          </Checkbox.Group>
          <NativeSelect
            label={t.expiresAfter}
            data={[...lifeChoices, { value: "", label: t.theLongestTimeTheServerAllows }]}
            value={life}
            onChange={(e) => setLife(e.currentTarget.value)}
          />
          <TextInput
            label={t.dataset}
            description={t.nameOrIdLeaveEmpty}
            value={dataset}
            onChange={(e) => setDataset(e.currentTarget.value)}
            spellCheck={false}
          />
          <Checkbox
            label={t.createAnSAccessKey}
            checked={isS3}
            disabled={isNarrowable}
            onChange={(e) => setS3(e.currentTarget.checked)}
          />
          <Checkbox
            label={t.makeItNarrowable}
            description={t.fromItYouMakeKeys}
            checked={isNarrowable}
            disabled={isS3}
            onChange={(e) => setNarrowable(e.currentTarget.checked)}
          />
          {isNarrowable && (
            <TextInput
              label={t.folder}
              description={t.onlyThisFolderOfTheDataset}
              placeholder="raw/run-1"
              value={folder}
              onChange={(e) => setFolder(e.currentTarget.value)}
              disabled={dataset.trim() === ""}
              spellCheck={false}
            />
          )}
          {kind !== "token" && (
            <TextInput
              label={t.sites}
              description={t.namesOfOtherSites}
              placeholder={t.archiveCompute}
              value={sites}
              onChange={(e) => setSites(e.currentTarget.value)}
              spellCheck={false}
            />
          )}
          <ProblemAlert error={work.error} title={t.couldNotCreateTheToken} />
          <Group justify="flex-end">
            <Button type="submit" loading={work.isBusy} disabled={body.scopes?.length === 0}>
              {t.createToken}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
