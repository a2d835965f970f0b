using System.Text.Json.Nodes;
using Hutch.Types.Documents;

namespace Hutch.Datasets.Extraction;

/// <summary>The findings of a file about its dataset that the metadata lack.</summary>
/// <param name="File">The path of the file; null where no file has findings.</param>
/// <param name="Type">The type that fits; null for a dataset that has one.</param>
/// <param name="Values">Values that are not in the metadata document.</param>
public sealed record SuggestedMetadata(string? File, DatasetType? Type, IReadOnlyList<SuggestedValue> Values);

/// <param name="Value">The value as the document would have it: in the unit of the file.</param>
public sealed record SuggestedValue(TypeAttribute Attribute, JsonNode Value);
