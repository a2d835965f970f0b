namespace Hutch.Model.Publications;

/// <summary>The current state of a dataset's publication.</summary>
/// <param name="Dataset">The dataset, whose id is also the publication's id.</param>
/// <param name="Revision">The number of the description's revision.</param>
/// <param name="ChangedAt">The time of the last change of any part.</param>
public sealed record PublicationRecord(DatasetId Dataset, PublicationDescription Description, long Revision, DateTimeOffset ChangedAt)
{
    /// <summary>The published version; null for a draft.</summary>
    public PublishedVersion? Version { get; init; }

    /// <summary>The time of withdrawal; null for none.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>The reason for withdrawal.</summary>
    public string? WithdrawnWhy { get; init; }

    /// <summary>The DOI; null for none.</summary>
    public DoiRecord? Doi { get; init; }

    /// <summary>The DOI of the work in all its versions; null for none.</summary>
    public DoiRecord? SeriesDoi { get; init; }

    public PublicationStage State =>
        WithdrawnAt is not null ? PublicationStage.Withdrawn : Version is not null ? PublicationStage.Published : PublicationStage.Draft;
}

/// <summary>The published version of a publication, which never changes.</summary>
/// <param name="Series">The dataset of the first version, which all versions of a work share.</param>
/// <param name="Number">The number in the series, from 1.</param>
public sealed record PublishedVersion(DatasetId Series, long Number, PublishedData Data, DateTimeOffset PublishedAt);

/// <summary>The version of a closed dataset that is published.</summary>
/// <param name="Snapshot">The number of the snapshot.</param>
/// <param name="Root">The hash of its tree.</param>
/// <param name="Files">The number of files.</param>
/// <param name="Bytes">The bytes of all files.</param>
public sealed record PublishedData(long Snapshot, BlobHash Root, long Files, long Bytes);

public enum PublicationStage
{
    /// <summary>Visible to its owner only.</summary>
    Draft,

    /// <summary>Visible to everyone.</summary>
    Published,

    /// <summary>The page shows only that it existed, and the reason for its withdrawal.</summary>
    Withdrawn,
}

/// <summary>An earlier description of a publication.</summary>
/// <param name="Revision">The number, from 1.</param>
public sealed record PublicationRevision(long Revision, DateTimeOffset At, string Author, PublicationDescription Description);
