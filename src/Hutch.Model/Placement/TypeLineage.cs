namespace Hutch.Model.Placement;

/// <summary>The type of a dataset with its base types, for rules about types.</summary>
/// <param name="Types">The names, from the type to its topmost base; empty if the type is unknown.</param>
/// <param name="IsKnown">True if the list is complete. Of a type that the zone does not have, the base types are unknown.</param>
public sealed record TypeLineage(IReadOnlyList<string> Types, bool IsKnown)
{
    private const string More = "?";

    /// <summary>The lineage of a dataset whose home has not reported yet.</summary>
    public static TypeLineage Unknown { get; } = new([], IsKnown: false);

    /// <summary>Parses the text of <see cref="ToString"/>; null is unknown.</summary>
    public static TypeLineage Read(string? text) =>
        text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not { } words ? Unknown
        : words is [.. var types, More] ? new TypeLineage(types, IsKnown: false)
        : new TypeLineage(words, IsKnown: true);

    /// <summary>The names in one text, with <c>?</c> if there may be more.</summary>
    public override string ToString() => string.Join(' ', IsKnown ? Types : [.. Types, More]);
}
