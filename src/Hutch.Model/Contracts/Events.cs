using System.Text.Json;

namespace Hutch.Model.Contracts;

/// <summary>Something that happened, from the outbox.</summary>
public sealed record EventInfo
{
    /// <summary>Position; resume after it.</summary>
    public required long Sequence { get; init; }

    /// <summary>Kind, such as <c>entry.put</c> or <c>dataset.closed</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The dataset it is about.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Facts of the kind.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Data { get; init; }
}
