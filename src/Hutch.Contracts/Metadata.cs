using System.Text.Json;

namespace Hutch.Contracts;

/// <summary>One version of a dataset's metadata document.</summary>
public sealed record MetadataVersion
{
    /// <summary>Version, counted from 1.</summary>
    public required long Version { get; init; }

    /// <summary>When it was set.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Who set it.</summary>
    public required string Author { get; init; }

    /// <summary>The document as it was sent.</summary>
    public required JsonElement Document { get; init; }
}
