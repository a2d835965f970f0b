namespace Hutch.Datasets.Replication.Sites;

/// <summary>A request about the share links of a dataset, made at a site: by default, to list them.</summary>
public sealed record LinkQuery(DatasetId Dataset)
{
    /// <summary>To make one that gives this.</summary>
    public Rights Right { get; init; }

    /// <summary>The validity of the new link; null for the usual time.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>To withdraw that of this id.</summary>
    public string? Withdrawn { get; init; }
}

/// <summary>The zone's answer about share links.</summary>
public sealed record LinkAnswer(IReadOnlyList<LinkRecord> Links, NewLink? Made = null);
