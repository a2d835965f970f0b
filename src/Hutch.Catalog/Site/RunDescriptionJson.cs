using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Hutch.Model.Analyses;

namespace Hutch.Catalog.Site;

/// <summary>The generated JSON code for documents in the tables.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RunDescription))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSerializable(typeof(SkippedFrames))]
[JsonSerializable(typeof(RunAttempt))]
[JsonSerializable(typeof(RunPart))]
internal sealed partial class RunDescriptionJson : JsonSerializerContext
{
    public static JsonTypeInfo<RunDescription> TypeInfo => Default.RunDescription;

    public static JsonTypeInfo<RunAttempt> Attempt => Default.RunAttempt;

    public static JsonTypeInfo<RunPart> Part => Default.RunPart;

    public static JsonTypeInfo<SkippedFrames> Skipped => Default.SkippedFrames;
}
