using System.Collections.Immutable;
using Hutch.Model.Sites;

namespace Hutch.Model.Placement;

/// <summary>A site as placement sees it.</summary>
/// <param name="Id">Its id in the zone.</param>
/// <param name="Labels">What rules choose it by, without its name.</param>
/// <param name="Intake">What it takes.</param>
/// <param name="Disk">Its space.</param>
/// <param name="Quota">What the owner of the dataset may have there; null for any amount.</param>
/// <param name="AwaySince">Since when it has not been heard; null while it is connected.</param>
public sealed record PlacementSite(
    string Id, string Name, ImmutableSortedDictionary<string, string> Labels, SiteIntake Intake, SiteSpace Disk, SiteSpace? Quota,
    DateTimeOffset? AwaySince)
{
    private readonly ImmutableSortedDictionary<string, string> _known = Labels.SetItem(SiteLabels.NameLabel, Name);

    /// <summary>Why it takes no copy of this dataset, in words that continue its name; null when it does. What it has stays.</summary>
    public string? Declines { get; init; }

    /// <summary>The bytes that can still be placed here.</summary>
    public long RoomBytes => Math.Max(0, Math.Min(Disk.UnpromisedBytes, Quota?.UnpromisedBytes ?? long.MaxValue));

    /// <summary>The bytes that fit now, whatever was promised to others.</summary>
    public long FreeBytes => Math.Max(0, Math.Min(Disk.FreeBytes, Quota?.FreeBytes ?? long.MaxValue));

    /// <summary>Whether an expression means this site; <c>site</c> is its name.</summary>
    public bool Matches(LabelExpression where)
    {
        ArgumentNullException.ThrowIfNull(where);
        return where.Matches(_known);
    }

    /// <summary>The names of the labels that two sites do not have in common with the same value.</summary>
    public IReadOnlyList<string> DifferencesFrom(PlacementSite other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return SiteLabels.Differences(Labels, other.Labels);
    }
}

/// <summary>Space at a site.</summary>
/// <param name="FreeBytes">What is free now.</param>
/// <param name="PromisedBytes">What of it copies will take that were asked for and are not there yet.</param>
public readonly record struct SiteSpace(long FreeBytes, long PromisedBytes)
{
    /// <summary>What nobody was promised; negative when more was promised than is free.</summary>
    public long UnpromisedBytes => FreeBytes - PromisedBytes;
}
