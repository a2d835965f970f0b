using System.Text.Json;

namespace Hutch.Model.Contracts;

/// <summary>One version of a dataset's metadata document.</summary>
public sealed record MetadataVersion
{
    /// <summary>Counted from 1.</summary>
    public required long Version { get; init; }

    /// <summary>When it was set.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>By whom.</summary>
    public required string Author { get; init; }

    /// <summary>The document as it was given.</summary>
    public required JsonElement Document { get; init; }
}
