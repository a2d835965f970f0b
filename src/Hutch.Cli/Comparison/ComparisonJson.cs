using System.Text.Json.Serialization;

namespace Hutch.Cli.Comparison;

/// <summary>How comparisons are written as JSON, and read again by the trial that started them.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CompareLine))]
[JsonSerializable(typeof(ShadowLine))]
internal sealed partial class ComparisonJson : JsonSerializerContext;
