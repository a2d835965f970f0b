using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Hutch.Site.Life.Maintenance;

/// <param name="Report">A JSON object for programs; its members depend on the kind of job.</param>
public sealed record JobOutcome(string Message, JsonElement Report)
{
    public static JobOutcome From<T>(string message, T report, JsonTypeInfo<T> type) =>
        new(message, JsonSerializer.SerializeToElement(report, type));
}

/// <param name="Record">The journal record after which a rebuild starts.</param>
internal sealed record CheckpointReport(long Record);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CollectionReport))]
[JsonSerializable(typeof(ScrubSummary))]
[JsonSerializable(typeof(CheckpointReport))]
internal sealed partial class JobReportJson : JsonSerializerContext;
