using Hutch.Model.Publications;

namespace Hutch.Contracts;

/// <summary>The publication of a dataset, as its owner sees it.</summary>
public sealed record PublicationInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary><c>none</c>, <c>draft</c>, <c>published</c> or <c>withdrawn</c>.</summary>
    public required string State { get; init; }

    /// <summary>Number of the description's revision, which is also the ETag. 0: never set.</summary>
    public required long Revision { get; init; }

    public required PublicationDescription Description { get; init; }

    /// <summary>Missing or invalid parts of the description, required ones first.</summary>
    public required IReadOnlyList<PublicationProblem> Checklist { get; init; }

    /// <summary>Address of its landing page; absent if it was never published.</summary>
    public string? Page { get; init; }

    /// <summary>The number of the version in its series.</summary>
    public long? Version { get; init; }

    /// <summary>The dataset of the first version.</summary>
    public DatasetId? Series { get; init; }

    /// <summary>The published snapshot of the dataset.</summary>
    public long? Snapshot { get; init; }

    public DateTimeOffset? Published { get; init; }

    public DateTimeOffset? Withdrawn { get; init; }

    /// <summary>Reason for withdrawal.</summary>
    public string? Reason { get; init; }

    /// <summary>Its DOI; absent for none.</summary>
    public PublicationDoi? Doi { get; init; }

    /// <summary>The DOI of the work in all its versions; absent for none.</summary>
    public PublicationDoi? SeriesDoi { get; init; }

    /// <summary>True if this server registers DOIs.</summary>
    public required bool GivesDois { get; init; }
}

/// <summary>A DOI with its state.</summary>
public sealed record PublicationDoi
{
    /// <summary>The DOI, such as <c>10.5072/q3x8-11vm-k0zt</c>.</summary>
    public required string Doi { get; init; }

    /// <summary>
    /// <c>pending</c>: the DOI service has not confirmed it yet; <c>draft</c>: reserved; <c>findable</c>: it resolves to the page for
    /// everyone; <c>registered</c>: it resolves, but is in no index.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Its address; absent until it resolves to the page.</summary>
    public string? Address { get; init; }

    /// <summary>The last failure of the DOI service, in a sentence; the request is retried. Absent for none.</summary>
    public string? Problem { get; init; }

    /// <summary>Time of the next retry; absent if nothing failed.</summary>
    public DateTimeOffset? NextAttempt { get; init; }
}

/// <summary>A missing or invalid part of a description.</summary>
public sealed record PublicationProblem
{
    /// <summary>The field, such as <c>title</c> or <c>authors[0].orcid</c>.</summary>
    public required string Field { get; init; }

    /// <summary>A sentence.</summary>
    public required string Problem { get; init; }

    /// <summary>True if it must be fixed before publication.</summary>
    public required bool Required { get; init; }
}

public sealed record PublicationRevisionInfo
{
    /// <summary>Number, from 1.</summary>
    public required long Revision { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>User who set it.</summary>
    public required string Author { get; init; }

    public required PublicationDescription Description { get; init; }
}

/// <summary>Publishes a dataset permanently.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PublishDataset
{
    /// <summary>
    /// <c>open</c>, <c>embargoed</c>, or <c>restricted</c>: the readers of the dataset stay the same. Default: <c>open</c>.
    /// </summary>
    public string? Access { get; init; }

    /// <summary>End of an embargo.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Name or id of the published dataset that this one is a new version of.</summary>
    public string? NewVersionOf { get; init; }

    /// <summary>True to register a DOI. Default: true if the server registers DOIs.</summary>
    public bool? Doi { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record WithdrawPublication
{
    /// <summary>Reason, which everyone can read.</summary>
    public required string Reason { get; init; }
}
