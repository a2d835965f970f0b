import { Paper, Table, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { EndButton } from "../components/EndButton";
import { Name } from "../components/Name";
import { Time } from "../components/Time";
import { access as t } from "../messages/en";
import { rightLabels } from "../text/rights";

/** A share link or an invite. */
export interface Offer {
  id: string;
  /** The recipient, if known. */
  email?: string | null;
  right: string;
  by?: string | null;
  created: string;
  expires: string;
}

interface OffersProps<T extends Offer> {
  label: string;
  /** For labels: link or invite. */
  noun: string;
  offers: T[];
  /** Precedes the expiry. */
  describe?: (offer: T) => ReactNode;
  onRevoke: (offer: T) => void;
}

/** The share links or invites of a dataset or group. */
export function Offers<T extends Offer>({ label, noun, offers, describe, onRevoke }: OffersProps<T>) {
  if (offers.length === 0) return null;
  return (
    <Paper withBorder>
      <Table aria-label={label}>
        <Table.Tbody>
          {offers.map((offer) => (
            <Table.Tr key={offer.id}>
              <Table.Td style={{ maxWidth: 0 }}>
                {offer.email ? <Name>{offer.email}</Name> : <Name mono>{offer.id}</Name>}
                <Text size="xs" c="dimmed">
                  {rightLabels[offer.right] ?? offer.right}
                  {offer.by && (
                    <>
                      {t.by}
                      <Name>{offer.by}</Name>
                    </>
                  )}
                  , <Time value={offer.created} />
                </Text>
              </Table.Td>
              <Table.Td w={{ base: 110, sm: 260 }}>
                <Text size="sm" c="dimmed">
                  {describe?.(offer)}
                  {t.expires}
                  <Time value={offer.expires} />
                </Text>
              </Table.Td>
              <Table.Td w={100} ta="right">
                <EndButton label={t.revoke2(noun, offer.id)} onClick={() => onRevoke(offer)}>
                  {t.revoke}
                </EndButton>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
