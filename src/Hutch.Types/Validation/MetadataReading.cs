namespace Hutch.Types.Validation;

/// <summary>A metadata document as its type reads it.</summary>
/// <param name="Values">What it says of the attributes, in the order of the type.</param>
/// <param name="Findings">What does not fit, in the order of the type; at most <see cref="MetadataInterpreter.MaxFindings"/>.</param>
/// <param name="Others">The keys at the top of the document that the type does not know.</param>
public sealed record MetadataReading(
    IReadOnlyList<AttributeValue> Values, IReadOnlyList<MetadataFinding> Findings, IReadOnlyList<string> Others);
