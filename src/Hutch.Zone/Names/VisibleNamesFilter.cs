using Hutch.Zone.Authorization;

namespace Hutch.Zone.Names;

public sealed record VisibleNamesFilter
{
    /// <summary>True for datasets shared by others, without the caller's own.</summary>
    public bool OnlyShared { get; init; }

    public bool IncludePublic { get; init; }

    /// <summary>True for every dataset, if the caller's role may view all.</summary>
    public bool Everything { get; init; }

    /// <summary>The owner of the datasets; null for all.</summary>
    public string? Owner { get; init; }

    /// <summary>The owner and slug after which the list continues; null for the beginning.</summary>
    public (string Owner, string Slug)? After { get; init; }

    /// <summary>True to order by age, newest first, instead of owner and slug.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>With the newest first, the position after which the list continues; null for the beginning.</summary>
    public NameCursor? Before { get; init; }

    public int Limit { get; init; } = 100;

    internal bool Matches(Access access) =>
        (Owner is null || access.Dataset.Owner.Name == Owner)
        && (!OnlyShared || !access.IsOwner)
        && (Before is null || Before.IsBefore(access.Dataset))
        && (After is not (string owner, string slug)
            || string.CompareOrdinal(access.Dataset.Owner.Name, owner) > 0
            || (access.Dataset.Owner.Name == owner && string.CompareOrdinal(access.Dataset.Slug, slug) > 0));
}
