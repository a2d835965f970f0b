using System.Text.Json.Serialization;
using Hutch.Model;
using Hutch.Model.Publications;

namespace Hutch.Contracts;

/// <summary>The publication of a dataset, as it stands for its owner.</summary>
public sealed record PublicationInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary><c>none</c>, <c>draft</c>, <c>published</c> or <c>withdrawn</c>.</summary>
    public required string State { get; init; }

    /// <summary>How often the description was set; also the ETag. 0: never.</summary>
    public required long Revision { get; init; }

    public required PublicationDescription Description { get; init; }

    /// <summary>What the description lacks, or has wrong; what is required first.</summary>
    public required IReadOnlyList<PublicationProblem> Checklist { get; init; }

    /// <summary>Address of its landing page; absent for what was never published.</summary>
    public string? Page { get; init; }

    /// <summary>The number of the version in its series.</summary>
    public long? Version { get; init; }

    /// <summary>The dataset of the first version.</summary>
    public DatasetId? Series { get; init; }

    /// <summary>The published snapshot of the dataset.</summary>
    public long? Snapshot { get; init; }

    public DateTimeOffset? Published { get; init; }

    public DateTimeOffset? Withdrawn { get; init; }

    /// <summary>Why it was withdrawn.</summary>
    public string? Reason { get; init; }

    /// <summary>Its DOI; absent for none.</summary>
    public PublicationDoi? Doi { get; init; }

    /// <summary>The DOI of the work in all its versions; absent for none.</summary>
    public PublicationDoi? SeriesDoi { get; init; }

    /// <summary>Whether this server gives DOIs.</summary>
    public required bool GivesDois { get; init; }
}

/// <summary>A DOI, and how far it is.</summary>
public sealed record PublicationDoi
{
    /// <summary>Such as <c>10.5072/q3x8-11vm-k0zt</c>.</summary>
    public required string Doi { get; init; }

    /// <summary>
    /// <c>pending</c>: the service of DOIs has not confirmed it yet; <c>draft</c>: reserved; <c>findable</c>: it leads everybody to the
    /// page; <c>registered</c>: the same, but it is in no index.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Its address; absent until it leads to the page.</summary>
    public string? Address { get; init; }

    /// <summary>What went wrong when the service was last asked, in a sentence; it is asked again. Absent for nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>When the service is asked again; absent where nothing went wrong.</summary>
    public DateTimeOffset? NextAttempt { get; init; }
}

/// <summary>What a description lacks, or has wrong.</summary>
public sealed record PublicationProblem
{
    /// <summary>Where: <c>title</c>, <c>authors[0].orcid</c>.</summary>
    public required string Field { get; init; }

    /// <summary>A sentence.</summary>
    public required string Problem { get; init; }

    /// <summary>Whether nothing is published before it is mended.</summary>
    public required bool Required { get; init; }
}

/// <summary>A description that a publication had.</summary>
public sealed record PublicationRevisionInfo
{
    /// <summary>Counted from 1.</summary>
    public required long Revision { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Who set it.</summary>
    public required string Author { get; init; }

    public required PublicationDescription Description { get; init; }
}

/// <summary>Publishes a dataset, for good.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublishDataset
{
    /// <summary>
    /// <c>open</c>, <c>embargoed</c>, or <c>restricted</c>: who may read the dataset stays as it is. Default: <c>open</c>.
    /// </summary>
    public string? Access { get; init; }

    /// <summary>When everybody may read what is embargoed.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Name or id of the published dataset of which this is a new version.</summary>
    public string? NewVersionOf { get; init; }

    /// <summary>Whether it gets a DOI. Default: where the server gives DOIs.</summary>
    public bool? Doi { get; init; }
}

/// <summary>Withdraws what is published.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WithdrawPublication
{
    /// <summary>Why; everybody can read it.</summary>
    public required string Reason { get; init; }
}
