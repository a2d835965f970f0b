namespace Hutch.Contracts;

/// <summary>What there is to choose from among the datasets that a search finds.</summary>
public sealed record FacetsInfo
{
    /// <summary>How many datasets are counted: the newest, where more are found.</summary>
    public required int Found { get; init; }

    /// <summary>Whether more are found than are counted.</summary>
    public required bool More { get; init; }

    /// <summary>What they are counted by; without what none of them has.</summary>
    public required IReadOnlyList<FacetInfo> Facets { get; init; }
}

/// <summary>The values of one attribute, or of what every dataset has.</summary>
public sealed record FacetInfo
{
    /// <summary>The name by which a search asks for it.</summary>
    public required string Name { get; init; }

    /// <summary>The name for people.</summary>
    public required string Title { get; init; }

    /// <summary><c>text</c>, <c>time</c> or <c>number</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Of texts the most frequent, of times the months, or years where they are many; of numbers none.</summary>
    public required IReadOnlyList<FacetValueInfo> Values { get; init; }

    /// <summary>Whether there are more values than these.</summary>
    public required bool More { get; init; }

    /// <summary>The least number, in <see cref="Unit"/>; absent for texts and times.</summary>
    public double? Least { get; init; }

    /// <summary>The greatest number, in <see cref="Unit"/>; absent for texts and times.</summary>
    public double? Greatest { get; init; }

    /// <summary>The unit of the numbers; absent where they have none.</summary>
    public string? Unit { get; init; }
}

/// <summary>One value, and how many datasets have it.</summary>
public sealed record FacetValueInfo
{
    /// <summary>The value, as it was written; a month or a year of a time.</summary>
    public required string Value { get; init; }

    /// <summary>How many of the counted datasets have it.</summary>
    public required int Datasets { get; init; }

    /// <summary>What asks for it in a search.</summary>
    public required string Query { get; init; }
}
