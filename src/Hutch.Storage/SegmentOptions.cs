using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Hutch.Storage;

/// <summary>Sizes and limits of a segment store.</summary>
public sealed class SegmentOptions
{
    /// <summary>
    /// The store that the segments belong to; opening a folder with another's segments is refused. <see cref="Guid.Empty"/>: not checked.
    /// </summary>
    public Guid StoreId { get; init; }

    /// <summary>The longest segment: a group that would exceed it starts a new one.</summary>
    [Range(1 << 20, 64L << 30)]
    public long SegmentBytes { get; init; } = 1L << 30;

    /// <summary>
    /// The most members of a segment: a group that would exceed it also starts a new one. The index of the open one is in memory, 70 bytes
    /// a member.
    /// </summary>
    [Range(1000, 100_000_000)]
    public int SegmentMembers { get; init; } = 300_000;

    /// <summary>
    /// Zeros written ahead of the last group in lanes of small members, a slice at a time. They halve the time of a sync.
    /// </summary>
    [Range(0, 256 << 20)]
    public int ZeroAheadBytes { get; init; } = 4 << 20;

    /// <summary>Space reserved ahead of the last group for large groups. No zeros are written: that would double the work.</summary>
    [Range(0, 1 << 30)]
    public int ReserveAheadBytes { get; init; } = 16 << 20;

    /// <summary>
    /// Groups up to this size count as small: zeros are written ahead for them, and they stay in the system's memory. Larger ones go
    /// straight to the disk, where the file system can, if most of their bytes are in large members, or one member has this size.
    /// </summary>
    [Range(0, 256 << 20)]
    public int SmallGroupBytes { get; init; } = 128 << 10;

    /// <summary>The largest accepted group, headers included.</summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxGroupBytes { get; init; } = 256 << 20;

    /// <summary>The size up to which waiting groups without records are written as one.</summary>
    [Range(1 << 16, 1 << 30)]
    public int MaxJoinedBytes { get; init; } = 16 << 20;

    /// <summary>Free space for groups that may use the reserve (deletes, journal alone).</summary>
    [Range(0, 1L << 50)]
    public long ReserveBytes { get; init; } = 256L << 20;

    /// <summary>
    /// True if lanes other than the main one write and sync on threads of their own. Otherwise every append runs on the caller's thread:
    /// for tests that need one order of events.
    /// </summary>
    [Browsable(false)]
    public bool UseWriterThreads { get; init; } = true;

    /// <summary>The source of random segment ids.</summary>
    public Func<Guid> NewId { get; init; } = Guid.NewGuid;

    /// <summary>The number of segment files kept open for reading; more only during concurrent reads.</summary>
    [Range(4, 100_000)]
    public int MaxOpenFiles { get; init; } = 256;
}
