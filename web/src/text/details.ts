import { plural } from "./format";

const can: Record<string, string> = {
  view: "view the metadata",
  read: "read the data",
  derive: "derive datasets",
  write: "write data",
  manage: "manage the dataset",
};

/** What emails about datasets are about. */
const notices: Record<string, string> = {
  "dataset-published": "Published",
  "acquisition-ended": "Acquisition ended",
  "retention-reminder": "Files end soon",
  "retention-ended": "Files ended",
  "copies-complete": "All copies complete",
  "copies-stuck": "Copies stuck",
  "home-lost": "Home lost",
  "home-returned": "Home returned",
};

type Rule = [pattern: RegExp, describe: (...found: string[]) => string];

/** The forms of details in the audit log, by action, and how to show them. */
const rules: Record<string, Rule[]> = {
  "grant.change": [
    [/^nothing to (\S+)$/, (who) => `${person(who)} no longer has access`],
    [/^(\w+) to (\S+)(.*)$/, (right, who, from) => `${person(who)} can ${allows(right)}${from}`],
  ],
  "access.answer": [[/^(granted|denied) to (\S+)$/, (what, who) => `${person(who)}: ${what}`]],
  "visibility.change": [
    [/^none to everybody/, () => "Private"],
    [/^(\w+) to everybody(.*)$/, (right, from) => `Everybody can ${allows(right)}${from}`],
  ],
  "link.create": [
    [/^link:(\S+) gives (\w+) (.*)$/, (id, right, until) => `Anyone with link ${id} can ${allows(right)} ${until}`],
  ],
  "link.revoke": [[/^link:(\S+)$/, (id) => `Link ${id}`]],
  "invite.create": [
    [
      /^(\w+) (on|in) \S+:(\S+), (\d+) times, (until .* UTC)(, by mail)?$/,
      (gives, where, name, times, until, mail) =>
        `${where === "on" ? `To ${allows(gives)}` : `As ${gives} of the group ${name}`}, for ${plural(Number(times), "person", "people")}, ${until}${mail.replace("mail", "email")}`,
    ],
  ],
  "invite.accept": [
    [/^again$/, () => "Accepted again: nothing changed"],
    [/^(\S+) has it already$/, (who) => `${who} already had this access`],
    [/^(\S+) gets (\w+) on \S+$/, (who, right) => `${who} can ${allows(right)}`],
    [/^(\S+) gets (\w+) in (\S+)$/, (who, role, group) => `${who} is a ${role} of ${person(group)}`],
  ],
  "invite.revoke": [
    [/^on \S+$/, () => ""],
    [/^in (\S+)$/, (group) => `To ${person(group)}`],
  ],
  "login-link.create": [[/; login-link:\S+ (until .* UTC)$/, (until) => `Valid ${until}`]],
  "session.start": [
    [/^of \S+ by (.*)$/, (how) => `By ${how}`],
    [/^by link:(\S+)(.*)$/, (id, from) => `By share link ${id}${from}`],
  ],
  "token.create": [
    [
      /^(S3 key )?for user:(\S+), scope '(.*)'$/,
      (s3, who, scopes) => `${s3 ? "S3 key for" : "For"} ${who}, scopes: ${scopes}`,
    ],
  ],
  "dataset.notice": [
    [
      /^(\S+) to (\d+)(.*)$/,
      (template, count, more) =>
        `${notices[template] ?? template.replaceAll("-", " ")}, to ${plural(Number(count), "person", "people")}${more}`,
    ],
  ],
  "metadata.set": [[/^version (\d+)$/, (version) => `Version ${version}`]],
};

/** The details of an event, as a sentence; unknown forms are shown as they are. */
export function describeDetail(action: string, detail: string): string {
  for (const [pattern, describe] of rules[action] ?? []) {
    const found = pattern.exec(detail);
    if (found) return describe(...found.slice(1).map((part) => part ?? "")).replace(/^the /, "The ");
  }
  return detail.replace(/^site[: ](\S+)/, "Site $1").replace(/\b(?:user|group|owner):\S/g, person);
}

function allows(right: string): string {
  return can[right] ?? right;
}

/** `user:ada` is ada, `group:crystals` is the group crystals. */
function person(text: string): string {
  return text.replace(/^group:/, "the group ").replace(/^(?:user|owner):/, "");
}
