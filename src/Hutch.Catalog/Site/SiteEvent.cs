namespace Hutch.Catalog.Site;

public sealed class SiteEvent
{
    /// <summary>Its position in the order of all records.</summary>
    public long Sequence { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Time { get; init; }

    public string Kind { get; init; } = "";

    /// <summary>The dataset's id; null for no dataset or several.</summary>
    public string? Dataset { get; init; }

    /// <summary>The record: JSON.</summary>
    public string Data { get; init; } = "";
}
