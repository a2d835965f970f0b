using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>
/// The rule by which the data of a dataset ends automatically. Set before the first byte, it makes the data transient: each file ends the
/// given number of days after its put. Set later, the whole dataset goes to the trash after as many days without a put.
/// </summary>
/// <param name="ExpireDays">Days after the put; null for data that is kept.</param>
/// <param name="AbortUploadDays">Days after which an incomplete multipart upload is given up; null for the default.</param>
/// <param name="Document">The rule in the format of the door, to be shown unchanged.</param>
public sealed record LifecycleRule(
    [property: JsonPropertyName("expireDays")] int? ExpireDays,
    [property: JsonPropertyName("abortUploadDays")] int? AbortUploadDays,
    [property: JsonPropertyName("document")] string? Document)
{
    public const string SettingName = "lifecycle";

    public const int MaxDays = 36_500;

    /// <summary>Reads a rule; null for no rule.</summary>
    public static LifecycleRule? Parse(string? text) =>
        text is null ? null : JsonSerializer.Deserialize(text, LifecycleJson.Default.LifecycleRule);

    public override string ToString() => JsonSerializer.Serialize(this, LifecycleJson.Default.LifecycleRule);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LifecycleRule))]
internal sealed partial class LifecycleJson : JsonSerializerContext;
