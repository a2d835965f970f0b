using System.Text.Json.Nodes;
using Hutch.Types.Catalog;
using Hutch.Types.Documents;

namespace Hutch.Datasets.Extraction;

/// <summary>What a file says of its dataset and nobody has said yet.</summary>
/// <param name="File">The path of the file; null where none says anything.</param>
/// <param name="Type">The type that fits; null for a dataset that has one.</param>
/// <param name="Values">Values that are not in the metadata document.</param>
public sealed record SuggestedMetadata(string? File, DatasetType? Type, IReadOnlyList<SuggestedValue> Values);

/// <summary>A value of an attribute.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Value">As it would stand in the document: in the unit of the file.</param>
public sealed record SuggestedValue(TypeAttribute Attribute, JsonNode Value);
