namespace Hutch.Model.Publications;

/// <param name="Dataset">The dataset, whose id is also the publication's id.</param>
public sealed record PublicationRecord(DatasetId Dataset, PublicationDescription Description, long Revision, DateTimeOffset ChangedAt)
{
    /// <summary>The published version; null for a draft.</summary>
    public PublishedVersion? Version { get; init; }

    public DateTimeOffset? WithdrawnAt { get; init; }

    public string? WithdrawnWhy { get; init; }

    public DoiRecord? Doi { get; init; }

    public DoiRecord? SeriesDoi { get; init; }

    public PublicationStage State =>
        WithdrawnAt is not null ? PublicationStage.Withdrawn : Version is not null ? PublicationStage.Published : PublicationStage.Draft;
}

/// <summary>The published version of a publication, which never changes.</summary>
/// <param name="Series">The dataset of the first version, which all versions of a work share.</param>
/// <param name="Number">The number in the series, from 1.</param>
public sealed record PublishedVersion(DatasetId Series, long Number, PublishedData Data, DateTimeOffset PublishedAt);

/// <param name="Bytes">The bytes of all files.</param>
public sealed record PublishedData(long Snapshot, BlobHash Root, long Files, long Bytes);

public enum PublicationStage
{
    /// <summary>Visible to its owner only.</summary>
    Draft,

    Published,

    /// <summary>The page shows only that it existed, and the reason for its withdrawal.</summary>
    Withdrawn,
}

/// <param name="Revision">The number, from 1.</param>
public sealed record PublicationRevision(long Revision, DateTimeOffset At, string Author, PublicationDescription Description);
