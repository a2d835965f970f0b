using System.Text.Json;
using Hutch.Types.Documents;
using Hutch.Types.Units;

namespace Hutch.Types.Validation;

/// <summary>What a metadata document says of an attribute of its type.</summary>
/// <param name="Attribute">The attribute.</param>
/// <param name="Json">The value as it stands in the document.</param>
/// <param name="Items">The single values that fit: one, or those of a list.</param>
public sealed record AttributeValue(TypeAttribute Attribute, JsonElement Json, IReadOnlyList<SingleValue> Items);

/// <summary>One value that fits its attribute.</summary>
/// <param name="Number">A number in the unit of the SI; 0 or 1 for no or yes; seconds since 1970 for a time; null for a text.</param>
/// <param name="Text">The value as people read it, without its unit.</param>
/// <param name="Unit">The unit in which it was written: that of the attribute where it says none; null for none.</param>
public readonly record struct SingleValue(double? Number, string Text, Unit? Unit = null);
