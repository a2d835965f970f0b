namespace Hutch.Types.Validation;

/// <param name="Values">The values of attributes, in the order of the type.</param>
/// <param name="Findings">The mismatches, in the order of the type; at most <see cref="MetadataInterpreter.MaxFindings"/>.</param>
/// <param name="Others">The top-level keys that the type does not define.</param>
public sealed record MetadataReading(
    IReadOnlyList<AttributeValue> Values, IReadOnlyList<MetadataFinding> Findings, IReadOnlyList<string> Others);
