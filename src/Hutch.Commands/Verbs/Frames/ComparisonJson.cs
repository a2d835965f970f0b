using System.Text.Json.Serialization;

namespace Hutch.Commands.Verbs.Frames;

/// <summary>The JSON form of comparisons, which the trial that started them reads again.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CompareLine))]
[JsonSerializable(typeof(ShadowLine))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
