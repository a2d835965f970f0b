namespace Hutch.Catalog.Search;

/// <summary>A search condition on one field. A dataset is found if at least one of its values fulfils it.</summary>
/// <param name="Text">The text of the value in lower case; null for a comparison of numbers.</param>
/// <param name="Least">The least number, inclusive.</param>
/// <param name="Greatest">The greatest number, inclusive.</param>
/// <param name="IsNot">True if the value must be another than these.</param>
public sealed record FactCondition(
    SearchField Field, string? Text, double Least = double.NegativeInfinity, double Greatest = double.PositiveInfinity,
    bool IsNot = false);
