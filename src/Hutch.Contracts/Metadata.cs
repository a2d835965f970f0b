namespace Hutch.Contracts;

/// <summary>A version of a dataset's metadata document.</summary>
public sealed record MetadataVersion
{
    /// <summary>Number, from 1.</summary>
    public required long Version { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>User who set it.</summary>
    public required string Author { get; init; }

    /// <summary>The document as it was sent.</summary>
    public required JsonElement Document { get; init; }
}
