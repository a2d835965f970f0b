import type { Schemas } from "../api/client";

type Rule = Schemas["RuleInfo"];

const pin = "1 copy where site=";

/** The rule that keeps a copy at a site; a pin is one with an end. */
export const pinAt = (site: string) => pin + site;

/** Whether a rule is one that a pin makes: a copy of one dataset at one named site, for a time. */
export const isPin = (rule: Rule) => rule.scope === "dataset" && rule.until != null && rule.rule.startsWith(pin);

/** The pins at a site that end by a time; null when one there lasts longer, so that no other is needed. */
export function endingBy(rules: Rule[], site: string, until: Date): Rule[] | null {
  const there = rules.filter((rule) => isPin(rule) && rule.rule === pinAt(site));
  return there.some((rule) => new Date(rule.until ?? 0) >= until) ? null : there;
}
