using System.Text.Json;
using Hutch.Types.Documents;
using Hutch.Types.Units;

namespace Hutch.Types.Validation;

/// <summary>The value of an attribute in a metadata document.</summary>
/// <param name="Items">The valid single values: one, or those of a list.</param>
public sealed record AttributeValue(TypeAttribute Attribute, JsonElement Json, IReadOnlyList<SingleValue> Items);

/// <summary>One value that fits its attribute.</summary>
/// <param name="Number">A number in the SI unit; 0 or 1 for false or true; seconds since 1970 for a time; null for a text.</param>
/// <param name="Text">The display text of the value, without its unit.</param>
/// <param name="Unit">The unit of the value: the attribute's unit when the value has none; null for no unit.</param>
public readonly record struct SingleValue(double? Number, string Text, Unit? Unit = null);
