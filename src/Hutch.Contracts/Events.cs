namespace Hutch.Contracts;

/// <summary>An event from the outbox.</summary>
public sealed record EventInfo
{
    /// <summary>Position in the stream; resume after it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Kind, such as <c>entry.put</c> or <c>dataset.closed</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The dataset it concerns.</summary>
    public DatasetId? Dataset { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Facts that depend on the kind.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }
}
