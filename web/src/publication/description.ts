import type { Schemas } from "../api/client";
import { publication as t } from "../messages/en";

export type Publication = Schemas["PublicationInfo"];
export type Description = Schemas["PublicationDescription"];
export type Author = Schemas["PublicationAuthor"];
export type Affiliation = Schemas["PublicationAffiliation"];
export type Funding = Schemas["PublicationFunding"];
export type Related = Schemas["RelatedWork"];
export type Problem = Schemas["PublicationProblem"];

/** Licences that suit data; any other of the SPDX list can be typed. */
export const licences = [
  "CC-BY-4.0",
  "CC0-1.0",
  "CC-BY-SA-4.0",
  "CC-BY-NC-4.0",
  "ODbL-1.0",
  "ODC-By-1.0",
  "PDDL-1.0",
  "MIT",
  "Apache-2.0",
];

/** How a dataset is related to another work, in DataCite's words and in ours. */
export const relations = [
  { value: "IsSupplementTo", label: t.belongsToArticle },
  { value: "IsDerivedFrom", label: t.isDerivedFrom },
  { value: "IsSourceOf", label: t.isTheSourceOf },
  { value: "Cites", label: t.cites },
  { value: "References", label: t.refersTo },
  { value: "IsCitedBy", label: t.isCitedBy },
  { value: "IsDocumentedBy", label: t.isDocumentedBy },
  { value: "IsPartOf", label: t.isPartOf },
  { value: "HasPart", label: t.hasAsPart },
  { value: "Requires", label: t.needsProgram },
  { value: "Continues", label: t.continues },
  { value: "IsIdenticalTo", label: t.isTheSameAs },
];

/** The words for a relation; one that came from elsewhere is shown as it is. */
export function relationChoices(current: string | undefined) {
  return current && !relations.some((one) => one.value === current)
    ? [...relations, { value: current, label: current }]
    : relations;
}

/** What is said of fields that hold something, by the field: what is empty is in the list alone. */
export function problemsOf(publication: Publication): ReadonlyMap<string, string> {
  return new Map(
    publication.checklist
      .filter((problem) => problem.required && /\.(orcid|ror|identifier)$|^(license|language)$/.test(problem.field))
      .filter((problem) => problem.field !== "license" || publication.description.license)
      .map((problem) => [problem.field, problem.problem]),
  );
}
