namespace Hutch.Catalog.Zone;

/// <summary>A query for the datasets that a caller may view.</summary>
public sealed record VisibleNames
{
    /// <summary>The user and its groups; empty for an anonymous caller.</summary>
    public required IReadOnlyCollection<PrincipalId> Principals { get; init; }

    /// <summary>True if the caller's role lets it view every dataset.</summary>
    public bool Everything { get; init; }

    /// <summary>A site where the caller's role lets it view all datasets at home there; null for none.</summary>
    public string? HomeId { get; init; }

    /// <summary>A site at which listed datasets are at home or have a copy, unless they are public; null for no such limit.</summary>
    public string? HeldAt { get; init; }

    /// <summary>True to list only datasets that others shared with these principals, not those that they own.</summary>
    public bool OnlyShared { get; init; }

    public bool IncludePublic { get; init; }

    /// <summary>The owner of the listed datasets; null for all.</summary>
    public string? Owner { get; init; }

    /// <summary>The slug of the listed datasets; null for all.</summary>
    public string? Slug { get; init; }

    /// <summary>The owner and slug after which to continue; null for the beginning.</summary>
    public (string Owner, string Slug)? After { get; init; }

    /// <summary>True for the newest first, false for the order of owner and slug.</summary>
    public bool IsNewestFirst { get; init; }

    /// <summary>With the newest first: the position after which to continue; null for the beginning.</summary>
    public NameCursor? Before { get; init; }

    public required int Limit { get; init; }
}

/// <summary>A position in a list of datasets, the newest first.</summary>
public sealed record NameCursor(DateTimeOffset At, DatasetId Dataset)
{
    public static NameCursor From(NameRecord name)
    {
        return new NameCursor(name.CreatedAt, name.Dataset);
    }

    /// <summary>Returns true if a dataset comes after it.</summary>
    public bool IsBefore(NameRecord name)
    {
        return name.CreatedAt < At || (name.CreatedAt == At
            && string.CompareOrdinal(name.Dataset.ToString(), Dataset.ToString()) < 0);
    }
}
