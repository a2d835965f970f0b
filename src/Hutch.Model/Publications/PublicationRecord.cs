namespace Hutch.Model.Publications;

/// <summary>The publication of a dataset, as it stands.</summary>
/// <param name="Dataset">The dataset: a publication has its id.</param>
/// <param name="Description">What it says.</param>
/// <param name="Revision">How often that was set.</param>
/// <param name="ChangedAt">When anything of it changed last.</param>
public sealed record PublicationRecord(DatasetId Dataset, PublicationDescription Description, long Revision, DateTimeOffset ChangedAt)
{
    /// <summary>What was published; null for a draft.</summary>
    public PublishedVersion? Version { get; init; }

    /// <summary>When it was withdrawn; null while it was not.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }

    /// <summary>Why it was withdrawn.</summary>
    public string? WithdrawnWhy { get; init; }

    /// <summary>Its DOI; null for none.</summary>
    public DoiRecord? Doi { get; init; }

    /// <summary>The DOI of the work in all its versions; null for none.</summary>
    public DoiRecord? SeriesDoi { get; init; }

    public PublicationStage State =>
        WithdrawnAt is not null ? PublicationStage.Withdrawn : Version is not null ? PublicationStage.Published : PublicationStage.Draft;
}

/// <summary>What a publication has published, once for ever.</summary>
/// <param name="Series">The dataset of the first version: all versions of one work have it in common.</param>
/// <param name="Number">The number in the series, from 1.</param>
/// <param name="Data">The fixed version.</param>
public sealed record PublishedVersion(DatasetId Series, long Number, PublishedData Data, DateTimeOffset PublishedAt);

/// <summary>The version of a closed dataset that is published.</summary>
/// <param name="Snapshot">Its number.</param>
/// <param name="Root">Hash of its tree.</param>
/// <param name="Files">How many files it has.</param>
/// <param name="Bytes">Their size.</param>
public sealed record PublishedData(long Snapshot, BlobHash Root, long Files, long Bytes);

public enum PublicationStage
{
    /// <summary>For its owner alone.</summary>
    Draft,

    /// <summary>For everybody.</summary>
    Published,

    /// <summary>Its page says that it was there, and why it no longer is.</summary>
    Withdrawn,
}

/// <summary>A description that a publication had.</summary>
/// <param name="Revision">Counted from 1.</param>
/// <param name="Author">Who set it.</param>
/// <param name="Description">What it said.</param>
public sealed record PublicationRevision(long Revision, DateTimeOffset At, string Author, PublicationDescription Description);
