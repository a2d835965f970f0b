using Hutch.Catalog.Zone;
using Hutch.Zone.Authorization;

namespace Hutch.Zone.Names;

public sealed record VisibleNamesFilter
{
    /// <summary>Only what others shared, not one's own.</summary>
    public bool OnlyShared { get; init; }

    /// <summary>Also what is public.</summary>
    public bool IncludePublic { get; init; }

    /// <summary>Every dataset, where the caller's role lets it view all.</summary>
    public bool Everything { get; init; }

    /// <summary>Only the datasets of this owner; null for all.</summary>
    public string? Owner { get; init; }

    /// <summary>Go on after this owner and slug; null for the beginning.</summary>
    public (string Owner, string Slug)? After { get; init; }

    /// <summary>The newest first, instead of by owner and slug.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>With the newest first: go on after this one; null for the beginning.</summary>
    public NamePlace? Before { get; init; }

    public int Limit { get; init; } = 100;

    internal bool Matches(Access access) =>
        (Owner is null || access.Dataset.Owner.Name == Owner)
        && (!OnlyShared || !access.IsOwner)
        && (Before is null || Before.IsBefore(access.Dataset))
        && (After is not (string owner, string slug)
            || string.CompareOrdinal(access.Dataset.Owner.Name, owner) > 0
            || (access.Dataset.Owner.Name == owner && string.CompareOrdinal(access.Dataset.Slug, slug) > 0));
}
