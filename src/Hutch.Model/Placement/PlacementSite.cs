using System.Collections.Immutable;
using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

/// <param name="Labels">The labels without the site's name.</param>
/// <param name="Quota">The remaining quota of the dataset's owner there; null for no limit.</param>
/// <param name="AwaySince">The time since when it has not been heard; null while it is connected.</param>
public sealed record PlacementSite(
    string Id, string Name, ImmutableSortedDictionary<string, string> Labels, SiteIntake Intake, SiteSpace Disk, SiteSpace? Quota,
    DateTimeOffset? AwaySince)
{
    private readonly ImmutableSortedDictionary<string, string> _known = Labels.SetItem(SiteLabels.NameLabel, Name);

    /// <summary>
    /// The reason why it accepts no copy of this dataset, as a phrase after its name; null if it accepts one. Existing copies stay.
    /// </summary>
    public string? Declines { get; init; }

    /// <summary>The bytes that can still be placed here, after promises to other copies.</summary>
    public long AvailableBytes => Math.Max(0, Math.Min(Disk.UnpromisedBytes, Quota?.UnpromisedBytes ?? long.MaxValue));

    /// <summary>The bytes that fit now, regardless of promises to other copies.</summary>
    public long FreeBytes => Math.Max(0, Math.Min(Disk.FreeBytes, Quota?.FreeBytes ?? long.MaxValue));

    /// <summary>Returns true if an expression matches this site; <c>site</c> is its name.</summary>
    public bool Matches(LabelExpression where)
    {
        return where.Matches(_known);
    }

    /// <summary>The names of the labels that are missing at one of two sites, or have different values.</summary>
    public IReadOnlyList<string> DifferencesFrom(PlacementSite other)
    {
        return SiteLabels.Differences(Labels, other.Labels);
    }
}

/// <param name="FreeBytes">The bytes that are free now.</param>
/// <param name="PromisedBytes">The bytes that requested copies still need.</param>
public readonly record struct SiteSpace(long FreeBytes, long PromisedBytes)
{
    /// <summary>The report of a site whose store has no known free space, such as a bucket: it is assumed to be large.</summary>
    public const long Unknown = 1L << 50;

    /// <summary>The bytes that are free and not promised; negative if more was promised than is free.</summary>
    public long UnpromisedBytes => FreeBytes - PromisedBytes;
}
