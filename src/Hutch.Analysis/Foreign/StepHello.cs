using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Analysis.Foreign;

/// <summary>The first line of a foreign step: its name, columns and parameters, and the files that it was loaded from.</summary>
internal sealed record StepHello
{
    /// <summary>The version of the lines, 1.</summary>
    public required int HutchStep { get; init; }

    public required string Name { get; init; }

    public string? Title { get; init; }

    public string? Description { get; init; }

    public required IReadOnlyList<StepColumn> Columns { get; init; }

    public IReadOnlyList<StepParameter>? Parameters { get; init; }

    public IReadOnlyList<string>? Files { get; init; }
}

/// <summary>A column in the first line. Its members are those of <see cref="ResultColumn"/>, all but two optional.</summary>
internal sealed record StepColumn
{
    public required string Name { get; init; }

    public required ValueKind Kind { get; init; }

    public string? Title { get; init; }

    public string? Unit { get; init; }

    public string? Description { get; init; }

    /// <summary>Null for the usual: the generated reader sets what is absent to no other value.</summary>
    public int? Decimals { get; init; }

    public bool InSummary { get; init; }

    public bool InPlot { get; init; }
}

/// <summary>A parameter in the first line. Its members are those of <see cref="ParameterDeclaration"/>, all but two optional.</summary>
internal sealed record StepParameter
{
    public required string Name { get; init; }

    public required ValueKind Kind { get; init; }

    public string? Title { get; init; }

    public string? Unit { get; init; }

    public string? Description { get; init; }

    public JsonElement? Default { get; init; }

    public IReadOnlyList<string>? Choices { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StepHello))]
[JsonSerializable(typeof(StepDeclaration))]
[JsonSerializable(typeof(string))]
internal sealed partial class StepJson : JsonSerializerContext;
