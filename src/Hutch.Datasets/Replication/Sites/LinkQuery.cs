using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Datasets.Replication.Sites;

/// <summary>What somebody at a site asks of the share links of a dataset: to see them, unless something else is said.</summary>
/// <param name="Dataset">The dataset.</param>
public sealed record LinkQuery(DatasetId Dataset)
{
    /// <summary>To make one that gives this.</summary>
    public Rights Right { get; init; }

    /// <summary>How long that is good; null for the usual time.</summary>
    public TimeSpan? Life { get; init; }

    /// <summary>To withdraw that of this id.</summary>
    public string? Withdrawn { get; init; }
}

/// <summary>What the zone says of share links.</summary>
/// <param name="Links">Those of the dataset, when they were asked for.</param>
/// <param name="Made">The one that was made.</param>
public sealed record LinkAnswer(IReadOnlyList<LinkRecord> Links, NewLink? Made = null);
