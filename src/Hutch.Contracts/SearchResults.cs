namespace Hutch.Contracts;

/// <summary>A page of a search.</summary>
public sealed record SearchResults
{
    public required IReadOnlyList<DatasetInfo> Items { get; init; }

    /// <summary>Publications that were found, of datasets that you may not see, such as those under embargo; absent without any.</summary>
    public IReadOnlyList<FoundPublication>? Publications { get; init; }

    /// <summary>Pass it as <c>cursor</c> to get the next page; absent on the last one.</summary>
    public string? Next { get; init; }

    /// <summary>Sentences about the list as a whole, such as a zone that cannot be reached; absent without any.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>A publication in a list, as its public page shows it.</summary>
public sealed record FoundPublication
{
    /// <summary>Address of its page.</summary>
    public required string Page { get; init; }

    public required string Title { get; init; }

    /// <summary>Authors in the order of the citation, such as <c>Lovelace, Ada</c>.</summary>
    public required IReadOnlyList<string> Authors { get; init; }

    public required DateTimeOffset Published { get; init; }

    /// <summary><c>open</c>, <c>embargoed</c>, <c>restricted</c>, or <c>metadata-only</c> if its files are gone.</summary>
    public required string Access { get; init; }

    /// <summary>End of the embargo; absent for none.</summary>
    public DateTimeOffset? Opens { get; init; }

    /// <summary>Its DOI, once it resolves to the page.</summary>
    public string? Doi { get; init; }
}
