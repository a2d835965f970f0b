namespace Hutch.Catalog.Search;

/// <summary>What a search asks of one field: a dataset is found when one of the values of that field is so.</summary>
/// <param name="Field">The field.</param>
/// <param name="Text">The text that the value is, lower case; null where numbers are compared.</param>
/// <param name="Least">The least number, itself included.</param>
/// <param name="Greatest">The greatest number, itself included.</param>
/// <param name="IsNot">Whether the value must be another than these.</param>
public sealed record FactCondition(
    SearchField Field, string? Text, double Least = double.NegativeInfinity, double Greatest = double.PositiveInfinity,
    bool IsNot = false);
