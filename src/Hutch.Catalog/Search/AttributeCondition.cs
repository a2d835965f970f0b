namespace Hutch.Catalog.Search;

/// <summary>What a search asks of one attribute: a dataset is found when one of the values of that attribute is so.</summary>
/// <param name="Name">The attribute.</param>
/// <param name="Dimension">As in <see cref="SearchAttribute"/>.</param>
/// <param name="Text">The text that the value is, lower case; null where numbers are compared.</param>
/// <param name="Least">The least number, itself included.</param>
/// <param name="Greatest">The greatest number, itself included.</param>
/// <param name="IsNot">Whether the value must be another than these.</param>
public sealed record AttributeCondition(
    string Name, string Dimension, string? Text, double Least = double.NegativeInfinity, double Greatest = double.PositiveInfinity,
    bool IsNot = false);
