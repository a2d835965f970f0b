namespace Hutch.Catalog.Site;

/// <summary>Something that happened, as the outbox keeps it.</summary>
public sealed class SiteEvent
{
    /// <summary>Its place in the order of everything.</summary>
    public long Sequence { get; init; }

    /// <summary>Milliseconds since 1970.</summary>
    public long Time { get; init; }

    /// <summary>The kind of record, as <c>entry.put</c>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The dataset's id; null when it concerns none or several.</summary>
    public string? Dataset { get; init; }

    /// <summary>The record: JSON.</summary>
    public string Data { get; init; } = "";
}
