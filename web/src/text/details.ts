import { text as t } from "../messages/en";

const can: Record<string, string> = {
  view: t.viewTheMetadata,
  read: t.readTheData,
  derive: t.deriveDatasetsInASentence,
  write: t.writeDataInASentence,
  manage: t.manageTheDataset,
};

/** What emails about datasets are about. */
const notices: Record<string, string> = {
  "dataset-published": t.published,
  "acquisition-ended": t.acquisitionEnded,
  "retention-reminder": t.filesEndSoon,
  "retention-ended": t.filesEnded,
  expiring: t.temporaryDataEndSoon,
  "copies-complete": t.allCopiesComplete,
  "copies-stuck": t.copiesStuck,
  "home-lost": t.homeLost,
  "home-returned": t.homeReturned,
};

type Rule = [pattern: RegExp, describe: (...found: string[]) => string];

/** The forms of details in the audit log, by action, and how to show them. */
const rules: Record<string, Rule[]> = {
  "grant.change": [
    [/^nothing to (\S+)$/, (who) => t.noLongerHasAccess(person(who))],
    [/^(\w+) to (\S+)(.*)$/, (right, who, from) => t.can(person(who), allows(right)) + from],
  ],
  "access.answer": [[/^(granted|denied) to (\S+)$/, (what, who) => t.answered(person(who), what === "granted")]],
  "visibility.change": [
    [/^none to everybody/, () => t.private],
    [/^(\w+) to everybody(.*)$/, (right, from) => t.can(t.everybody, allows(right)) + from],
  ],
  "link.create": [
    [/^link:(\S+) gives (\w+) (.*)$/, (id, right, until) => `${t.can(t.anyoneWithLink(id), allows(right))} ${until}`],
  ],
  "link.revoke": [[/^link:(\S+)$/, (id) => t.link(id)]],
  "invite.create": [
    [
      /^(\w+) (on|in) \S+:(\S+), (\d+) times, (until .* UTC)(, by mail)?$/,
      (gives, where, name, times, until, mail) =>
        [
          where === "on" ? t.inviteTo(allows(gives)) : t.inviteAs(gives, name),
          t.forPeople(Number(times)),
          until,
          ...(mail ? [t.byEmail] : []),
        ].join(", "),
    ],
  ],
  "invite.accept": [
    [/^again$/, () => t.acceptedAgain],
    [/^(\S+) has it already$/, (who) => t.alreadyHadAccess(who)],
    [/^(\S+) gets (\w+) on \S+$/, (who, right) => t.can(who, allows(right))],
    [/^(\S+) gets (\w+) in (\S+)$/, (who, role, group) => t.isARoleOf(who, role, person(group))],
  ],
  "invite.revoke": [
    [/^on \S+$/, () => ""],
    [/^in (\S+)$/, (group) => t.to(person(group))],
  ],
  "login-link.create": [[/; login-link:\S+ (until .* UTC)$/, (until) => t.valid(until)]],
  "session.start": [
    [/^of \S+ by (.*)$/, (how) => t.by(how)],
    [/^by link:(\S+)(.*)$/, (id, from) => t.by(t.shareLink(id)) + from],
  ],
  "token.create": [
    [
      /^(S3 key )?for user:(\S+), scope '(.*)'$/,
      (s3, who, scopes) => (s3 ? t.s3KeyFor(who, scopes) : t.tokenFor(who, scopes)),
    ],
  ],
  "dataset.notice": [
    [
      /^(\S+) to (\d+)(.*)$/,
      (template, count, more) => t.noticeTo(notices[template] ?? template.replaceAll("-", " "), Number(count)) + more,
    ],
  ],
  "metadata.set": [[/^version (\d+)$/, (version) => t.version(version)]],
};

/** The details of an event, as a sentence; unknown forms are shown as they are. */
export function describeDetail(action: string, detail: string): string {
  for (const [pattern, describe] of rules[action] ?? []) {
    const found = pattern.exec(detail);
    if (found) return capital(describe(...found.slice(1).map((part) => part ?? "")));
  }
  return detail
    .replace(/^site[: ](\S+)/, (_, site: string) => t.site(site))
    .replace(/\b(?:user|group|owner):\S/g, person);
}

function allows(right: string): string {
  return can[right] ?? right;
}

/** `user:ada` is ada, `group:crystals` is the group crystals. */
function person(text: string): string {
  return text.startsWith("group:") ? t.theGroup(text.slice(6)) : text.replace(/^(?:user|owner):/, "");
}

/** A group begins its sentence with a word; names of people stay as they are. */
function capital(words: string): string {
  return words.startsWith(t.theGroup("")) ? words.slice(0, 1).toUpperCase() + words.slice(1) : words;
}
