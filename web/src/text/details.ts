const may: Record<string, string> = {
  view: "see that it exists",
  read: "read the data",
  derive: "derive from it",
  write: "change files",
  manage: "manage it",
};

type Rule = [pattern: RegExp, words: (...found: string[]) => string];

/** What the audit adds to an action, in its own short words, and how people say it. */
const rules: Record<string, Rule[]> = {
  "grant.change": [
    [/^nothing to (\S+)$/, (who) => `${person(who)} has no right any more`],
    [/^(\w+) to (\S+)(.*)$/, (right, who, from) => `${person(who)} may ${allows(right)}${from}`],
  ],
  "visibility.change": [
    [/^none to everybody/, () => "Only who was given a right sees it"],
    [/^(\w+) to everybody(.*)$/, (right, from) => `Everybody may ${allows(right)}${from}`],
  ],
  "link.create": [
    [/^link:(\S+) gives (\w+) (.*)$/, (id, right, until) => `Whoever has the link ${id} may ${allows(right)} ${until}`],
  ],
  "link.revoke": [[/^link:(\S+)$/, (id) => `The link ${id}`]],
  "invite.create": [
    [
      /^(\w+) (on|in) \S+:(\S+), (\d+) times, (until .* UTC)(, by mail)?$/,
      (gives, where, name, times, until, mail) =>
        `${where === "on" ? `To ${allows(gives)}` : `As ${gives} of the group ${name}`}, ${times === "1" ? "once" : `${times} times`}, ${until}${mail}`,
    ],
  ],
  "invite.accept": [
    [/^again$/, () => "Once more: nothing changed"],
    [/^(\S+) gets (\w+) on \S+$/, (who, right) => `${who} may ${allows(right)}`],
    [/^(\S+) gets (\w+) in (\S+)$/, (who, role, group) => `${who} is ${role} of ${person(group)}`],
  ],
  "invite.revoke": [
    [/^on \S+$/, () => ""],
    [/^in (\S+)$/, (group) => `To ${person(group)}`],
  ],
  "metadata.set": [[/^version (\d+)$/, (version) => `Version ${version}`]],
};

/** What is told beside an action, in words; what is new here is shown as it is. */
export function describeDetail(action: string, detail: string): string {
  for (const [pattern, words] of rules[action] ?? []) {
    const found = pattern.exec(detail);
    if (found) return words(...found.slice(1).map((part) => part ?? "")).replace(/^the /, "The ");
  }
  return detail.replace(/\b(?:user|group|owner):\S/g, person);
}

function allows(right: string): string {
  return may[right] ?? right;
}

/** `user:ada` is ada, `group:crystals` is the group crystals. */
function person(text: string): string {
  return text.replace(/^group:/, "the group ").replace(/^(?:user|owner):/, "");
}
