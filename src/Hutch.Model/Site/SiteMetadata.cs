namespace Hutch.Model.Site;

/// <summary>One version of a dataset's metadata document.</summary>
public sealed class SiteMetadata
{
    /// <summary>Counted from 1.</summary>
    public long Version { get; init; }

    /// <summary>When it was set, milliseconds since 1970.</summary>
    public long Time { get; init; }

    /// <summary>Who set it.</summary>
    public string Author { get; init; } = "";

    /// <summary>The document, exactly as it came: JSON.</summary>
    public string Document { get; init; } = "";
}
