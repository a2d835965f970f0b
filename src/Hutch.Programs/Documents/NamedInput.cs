namespace Hutch.Programs.Documents;

/// <summary>A further input of a program, such as flat fields: a dataset that a rule or a person chooses.</summary>
/// <param name="Name">The name of its placeholder in the command: <c>flats</c>.</param>
/// <param name="Types">The types of the dataset, or types from which its type inherits.</param>
/// <param name="Same">Keys of the metadata whose values must be those of the first input.</param>
public sealed record NamedInput(string Name, string Title, IReadOnlyList<string> Types, IReadOnlyList<string> Same)
{
    /// <summary>True if the newest of several counts; otherwise a person chooses one of them.</summary>
    public bool IsNewest { get; init; }

    /// <summary>True if the program runs without it.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The rule as a phrase, for people.</summary>
    public string Rule => (IsNewest ? "the newest closed dataset" : "the closed dataset")
        + $" of the type {string.Join(" or ", Types)}"
        + (Same.Count == 0 ? "" : $" with the same {string.Join(" and ", Same)}");
}
