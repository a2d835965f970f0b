using Hutch.Model.Publications;
using Hutch.Publishing.Checks;
using Hutch.Publishing.Identifiers;
using Hutch.Publishing.Works;

namespace Hutch.Api.Documents;

internal static class PublicationDocuments
{
    public static PublicationInfo From(DatasetId dataset, PublicationRecord? record, string page, bool givesDois)
    {
        PublicationDescription description = record?.Description ?? new PublicationDescription();
        return new PublicationInfo
        {
            Dataset = dataset,
            State = record is null ? "none" : NameOf(record.State),
            Revision = record?.Revision ?? 0,
            Description = description,
            Checklist = [.. Checklist.Check(description).Select(From)],
            Page = record?.Version is null ? null : page,
            Version = record?.Version?.Number,
            Series = record?.Version?.Series,
            Snapshot = record?.Version?.Data.Snapshot,
            Published = record?.Version?.PublishedAt,
            Withdrawn = record?.WithdrawnAt,
            Reason = record?.WithdrawnWhy,
            Doi = record?.Doi is { } doi ? From(doi) : null,
            SeriesDoi = record?.SeriesDoi is { } series ? From(series) : null,
            GivesDois = givesDois,
        };
    }

    public static PublicationRevisionInfo From(PublicationRevision revision) => new()
    {
        Revision = revision.Revision,
        Time = revision.At,
        Author = revision.Author,
        Description = revision.Description,
    };

    public static FoundPublication From(PublishedWork work) => new()
    {
        Page = work.Addresses.Page,
        Title = work.Title,
        Authors = [.. work.Description.Authors.Select(AuthorName.Inverted)],
        Published = work.Version.PublishedAt,
        Access = work.Access.Kind switch
        {
            WorkAccessKind.Open => "open",
            WorkAccessKind.Embargoed => "embargoed",
            WorkAccessKind.Restricted => "restricted",
            _ => "metadata-only",
        },
        Opens = work.Access.OpensAt,
        Doi = work.Doi,
    };

    private static PublicationDoi From(DoiRecord doi) => new()
    {
        Doi = doi.Doi,
        State = NameOf(doi.State),
        Address = doi.IsCitable ? Doi.Address(doi.Doi) : null,
        Problem = doi.Problem,
        NextAttempt = doi.Problem is null ? null : doi.NextAt,
    };

    private static string NameOf(DoiState state) => state switch
    {
        DoiState.Pending => "pending",
        DoiState.Draft => "draft",
        DoiState.Registered => "registered",
        _ => "findable",
    };

    private static PublicationProblem From(PublicationFinding finding) =>
        new() { Field = finding.Field, Problem = finding.Problem, Required = finding.IsRequired };

    private static string NameOf(PublicationStage state) => state switch
    {
        PublicationStage.Draft => "draft",
        PublicationStage.Published => "published",
        _ => "withdrawn",
    };
}
