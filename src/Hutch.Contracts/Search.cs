namespace Hutch.Contracts;

/// <summary>Filter values in the datasets that a search finds.</summary>
public sealed record FacetsInfo
{
    /// <summary>Number of counted datasets: the newest, if more are found.</summary>
    public required int Found { get; init; }

    /// <summary>True if more are found than counted.</summary>
    public required bool More { get; init; }

    /// <summary>Attributes with counts, without those that no dataset has.</summary>
    public required IReadOnlyList<FacetInfo> Facets { get; init; }

    /// <summary>Parts of the query that have no meaning, such as a type that does not exist; absent without any.</summary>
    public IReadOnlyList<string>? Notes { get; init; }
}

/// <summary>The values of one attribute, or of a property of every dataset.</summary>
public sealed record FacetInfo
{
    /// <summary>Its name in search queries.</summary>
    public required string Name { get; init; }

    /// <summary>Label for display.</summary>
    public required string Title { get; init; }

    /// <summary><c>text</c>, <c>time</c> or <c>number</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The most frequent values of a text; the months of a time, or years if there are many; none for a number.</summary>
    public required IReadOnlyList<FacetValueInfo> Values { get; init; }

    /// <summary>True if there are more values than these.</summary>
    public required bool More { get; init; }

    /// <summary>The least number, in <see cref="Unit"/>; absent for texts and times.</summary>
    public double? Least { get; init; }

    /// <summary>The greatest number, in <see cref="Unit"/>; absent for texts and times.</summary>
    public double? Greatest { get; init; }

    /// <summary>The unit of the numbers; absent for none.</summary>
    public string? Unit { get; init; }
}

/// <summary>A value with its number of datasets.</summary>
public sealed record FacetValueInfo
{
    /// <summary>The value as written; a month or a year of a time.</summary>
    public required string Value { get; init; }

    /// <summary>Number of counted datasets that have it.</summary>
    public required int Datasets { get; init; }

    /// <summary>Search query for it.</summary>
    public required string Query { get; init; }
}
