import type { Schemas } from "../api/client";

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
  { value: "IsSupplementTo", label: "belongs to (article)" },
  { value: "IsDerivedFrom", label: "is derived from" },
  { value: "IsSourceOf", label: "is the source of" },
  { value: "Cites", label: "cites" },
  { value: "References", label: "refers to" },
  { value: "IsCitedBy", label: "is cited by" },
  { value: "IsDocumentedBy", label: "is documented by" },
  { value: "IsPartOf", label: "is part of" },
  { value: "HasPart", label: "has as part" },
  { value: "Requires", label: "needs (program)" },
  { value: "Continues", label: "continues" },
  { value: "IsIdenticalTo", label: "is the same as" },
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
