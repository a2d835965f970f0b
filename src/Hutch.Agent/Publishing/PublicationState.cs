using System.Text.Json;
using System.Text.Json.Serialization;
using Hutch.Site.Life.Lifecycle;

namespace Hutch.Agent.Publishing;

/// <summary>The agent's record of its actions for a dataset, so that it repeats none and keeps later changes by people.</summary>
internal sealed record PublicationState
{
    /// <summary>The hash of what the metadata file said when it was last taken over.</summary>
    public string? Metadata { get; init; }

    /// <summary>The visibility that the rule last set, in words.</summary>
    public string? Visibility { get; init; }

    /// <summary>The addresses of fs2od that became related identifiers.</summary>
    public IReadOnlyList<string>? Related { get; init; }

    /// <summary>The share link in the block, by its public part.</summary>
    public string? Link { get; init; }

    public DateTimeOffset? LinkEnds { get; init; }

    /// <summary>The invite that was made for the folder, by its public part.</summary>
    public string? Invite { get; init; }

    /// <summary>True if that invite has not been written into the folder yet.</summary>
    public bool IsInviteUnwritten { get; init; }

    /// <summary>True if the people in the metadata file were mailed the address of their data.</summary>
    public bool IsMailed { get; init; }

    public bool WasRunning { get; init; }

    /// <summary>The time at which acquisition ended; null during acquisition.</summary>
    public DateTimeOffset? Ended { get; init; }

    public long? EndSnapshot { get; init; }

    /// <summary>The same state with the running file: acquisition continues, and its end is still to come.</summary>
    public PublicationState Running() => this with { WasRunning = true, Ended = null, EndSnapshot = null };
}

internal sealed class PublicationStates(DatasetSettings settings)
{
    private const string SettingName = "agent";

    public async ValueTask<PublicationState> FindAsync(DatasetId dataset, CancellationToken ct) =>
        await settings.FindAsync(dataset, SettingName, ct) is { } json
            ? JsonSerializer.Deserialize(json, PublicationJson.Default.PublicationState) ?? new PublicationState()
            : new PublicationState();

    public Task<Result<Done>> SetAsync(DatasetId dataset, PublicationState state, string by, CancellationToken ct) =>
        settings.SetAsync(dataset, SettingName, Write(state), by, ct);

    public static IReadOnlyDictionary<string, string> ForNew(PublicationState state) =>
        new Dictionary<string, string> { [SettingName] = Write(state) };

    private static string Write(PublicationState state) =>
        JsonSerializer.Serialize(state, PublicationJson.Default.PublicationState);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(PublicationState))]
internal sealed partial class PublicationJson : JsonSerializerContext;
