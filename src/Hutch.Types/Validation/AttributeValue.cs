using System.Text.Json;
using Hutch.Model.Units;
using Hutch.Types.Documents;

namespace Hutch.Types.Validation;

public sealed record AttributeValue(TypeAttribute Attribute, JsonElement Json, IReadOnlyList<SingleValue> Items);

/// <param name="Number">A number in the SI unit; 0 or 1 for false or true; seconds since 1970 for a time; null for a text.</param>
/// <param name="Text">The display text of the value, without its unit.</param>
/// <param name="Unit">The unit of the value: the attribute's unit when the value has none; null for no unit.</param>
public readonly record struct SingleValue(double? Number, string Text, Unit? Unit = null);
