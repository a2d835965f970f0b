/** Invites, once the server has them. */
export function InvitePanel(_: { target: { kind: "dataset" | "group"; id: string } }) {
  return null;
}
