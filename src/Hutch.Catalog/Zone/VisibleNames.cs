using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Catalog.Zone;

/// <summary>Asks which datasets somebody may view.</summary>
public sealed record VisibleNames
{
    /// <summary>The user and the groups the user is in; empty for a stranger.</summary>
    public required IReadOnlyCollection<PrincipalId> Principals { get; init; }

    /// <summary>Whether the caller's role lets it view every dataset.</summary>
    public bool Everything { get; init; }

    /// <summary>Also what is at home at this site: the caller's role there lets it view that; null for none.</summary>
    public string? HomeId { get; init; }

    /// <summary>Only what others shared with these principals, not what they own.</summary>
    public bool OnlyShared { get; init; }

    /// <summary>Also what is public.</summary>
    public bool IncludePublic { get; init; }

    /// <summary>Only the datasets of this owner; null for all.</summary>
    public string? Owner { get; init; }

    /// <summary>Only the datasets of this slug; null for all.</summary>
    public string? Slug { get; init; }

    /// <summary>Go on after this owner and slug; null for the beginning.</summary>
    public (string Owner, string Slug)? After { get; init; }

    /// <summary>The newest first, instead of by owner and slug.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>With the newest first: go on after the one that was named then; null for the beginning.</summary>
    public NamePlace? Before { get; init; }

    /// <summary>At most this many.</summary>
    public required int Limit { get; init; }
}

/// <summary>A place among datasets, the newest first.</summary>
/// <param name="At">When it got its name.</param>
/// <param name="Dataset">Which of those that got it at the same moment.</param>
public sealed record NamePlace(DateTimeOffset At, DatasetId Dataset)
{
    /// <summary>The place of a dataset.</summary>
    public static NamePlace Of(NameRecord name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new NamePlace(name.CreatedAt, name.Dataset);
    }

    /// <summary>Whether a dataset comes behind it.</summary>
    public bool IsBefore(NameRecord name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.CreatedAt < At || (name.CreatedAt == At
            && string.CompareOrdinal(name.Dataset.ToString(), Dataset.ToString()) < 0);
    }
}
