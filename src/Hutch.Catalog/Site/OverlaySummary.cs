namespace Hutch.Catalog.Site;

public sealed class OverlaySummary
{
    public long Dataset { get; init; }

    public long Rows { get; init; }

    /// <summary>Sequence number of the oldest change.</summary>
    public long Oldest { get; init; }

    /// <summary>Sequence number of the newest change.</summary>
    public long Newest { get; init; }
}
