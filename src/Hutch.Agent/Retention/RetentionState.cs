using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hutch.Agent.Retention;

/// <summary>
/// Retention's memory of a dataset: the owner's wish and the notices that were sent. It is stored as a setting of the dataset.
/// </summary>
public sealed record RetentionState
{
    public const string SettingName = "retention";

    /// <summary>Until when the owner keeps the files; null for no wish.</summary>
    public DateTimeOffset? KeepUntil { get; init; }

    /// <summary>True if the owner keeps the files for ever, or as long as the folder's rule permits.</summary>
    public bool KeepForever { get; init; }

    public string? KeptBy { get; init; }

    /// <summary>The last reminder; null for none.</summary>
    public SentReminder? Reminded { get; init; }

    /// <summary>The end about which people were notified; null for none.</summary>
    public DateTimeOffset? EndTold { get; init; }

    /// <summary>
    /// Start of a removal of the files that has not ended: one of them may still have a name of the agent's own. Null for none.
    /// </summary>
    public DateTimeOffset? Removing { get; init; }

    /// <summary>Time of the removal of the files, which other sites hold; null before it.</summary>
    public DateTimeOffset? Removed { get; init; }

    public static Result<RetentionState?> Parse(string? text)
    {
        try
        {
            return text is null ? (RetentionState?)null : JsonSerializer.Deserialize(text, RetentionJson.Default.RetentionState);
        }
        catch (JsonException e)
        {
            return ErrorCode.Internal.With($"the setting '{SettingName}' cannot be read: {e.Message}");
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, RetentionJson.Default.RetentionState);
}

public sealed record SentReminder(DateTimeOffset End, DateTimeOffset Due);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(RetentionState))]
internal sealed partial class RetentionJson : JsonSerializerContext;
