namespace Hutch.Model.Site;

/// <summary>A version of a dataset's metadata document.</summary>
public sealed class SiteMetadata
{
    /// <summary>The number, from 1.</summary>
    public long Version { get; init; }

    /// <summary>The time of the change, in milliseconds since 1970.</summary>
    public long Time { get; init; }

    public string Author { get; init; } = "";

    /// <summary>The JSON document, exactly as received.</summary>
    public string Document { get; init; } = "";
}
