namespace Hutch.Model.Placement;

/// <summary>The type of a dataset with those that it inherits from, as rules for types look at them.</summary>
/// <param name="Types">The names, from the type to the one at the top; empty when not even the type is known.</param>
/// <param name="IsKnown">Whether these are all: of a type that the zone does not have, nobody can say what it inherits from.</param>
public sealed record TypeLineage(IReadOnlyList<string> Types, bool IsKnown)
{
    private const string More = "?";

    /// <summary>Of a dataset whose home has not said anything.</summary>
    public static TypeLineage Unknown { get; } = new([], IsKnown: false);

    /// <summary>Reads what <see cref="ToString"/> wrote; null is nothing known.</summary>
    public static TypeLineage Read(string? text) =>
        text?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not { } words ? Unknown
        : words is [.. var types, More] ? new TypeLineage(types, IsKnown: false)
        : new TypeLineage(words, IsKnown: true);

    /// <summary>One text: the names, and <c>?</c> when there may be more.</summary>
    public override string ToString() => string.Join(' ', IsKnown ? Types : [.. Types, More]);
}
