using Hutch.Storage.Segments.Format;

namespace Hutch.Storage.Segments;

/// <summary>The contents found in a segment that is not, or no longer properly, sealed.</summary>
internal sealed class SegmentScan
{
    /// <summary>The segment's id; empty when not even that could be read.</summary>
    public Guid Id { get; set; }

    /// <summary>The store it belongs to; empty when its first member is unreadable.</summary>
    public Guid Store { get; set; }

    /// <summary>The end of the bytes to keep: the cut.</summary>
    public long End { get; set; }

    public long LastGroup { get; set; }

    public long LastGroupOffset { get; set; }

    /// <summary>Members to keep, in the order of the file.</summary>
    public List<IndexEntry> Entries { get; } = [];

    /// <summary>Members whose bodies are damaged although a later group shows that they were durable.</summary>
    public List<IndexEntry> Bad { get; } = [];

    public List<DamagedRange> Damage { get; } = [];

    public bool LostMembers { get; set; }

    /// <summary>Bytes behind the cut that are not zero: a group that was never answered.</summary>
    public bool HasTornTail { get; set; }
}
