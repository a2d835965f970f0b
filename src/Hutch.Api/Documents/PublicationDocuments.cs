using Hutch.Model;
using Hutch.Model.Contracts;
using Hutch.Model.Publications;
using Hutch.Publishing.Checks;

namespace Hutch.Api.Documents;

/// <summary>Publications, as the REST interface writes them.</summary>
internal static class PublicationDocuments
{
    /// <param name="dataset">The dataset.</param>
    /// <param name="record">Its publication; null for none.</param>
    /// <param name="page">The address of its page, if it has one.</param>
    public static PublicationInfo Of(DatasetId dataset, PublicationRecord? record, string page)
    {
        PublicationDescription description = record?.Description ?? new PublicationDescription();
        return new PublicationInfo
        {
            Dataset = dataset,
            State = record is null ? "none" : NameOf(record.State),
            Revision = record?.Revision ?? 0,
            Description = description,
            Checklist = [.. Checklist.Of(description).Select(Of)],
            Page = record?.Version is null ? null : page,
            Version = record?.Version?.Number,
            Series = record?.Version?.Series,
            Snapshot = record?.Version?.Data.Snapshot,
            Published = record?.Version?.PublishedAt,
            Withdrawn = record?.WithdrawnAt,
            Reason = record?.WithdrawnWhy,
        };
    }

    public static PublicationRevisionInfo Of(PublicationRevision revision) => new()
    {
        Revision = revision.Revision,
        Time = revision.At,
        Author = revision.Author,
        Description = revision.Description,
    };

    private static PublicationProblem Of(PublicationFinding finding) =>
        new() { Field = finding.Field, Problem = finding.Problem, Required = finding.IsRequired };

    private static string NameOf(PublicationStage state) => state switch
    {
        PublicationStage.Draft => "draft",
        PublicationStage.Published => "published",
        _ => "withdrawn",
    };
}
