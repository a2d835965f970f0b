using System.ComponentModel.DataAnnotations;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>The packing of rows of the log, and the sizes of packs.</summary>
public sealed class PackOptions
{
    /// <summary>The age at which a row is packed, in seconds. The server checks every 10 s.</summary>
    [Range(1, 3600)]
    public int PackAfterSeconds { get; init; } = 45;

    /// <summary>The number of waiting bytes at which rows are packed at once.</summary>
    [Range(1 << 16, 1 << 30)]
    public int PackBytes { get; init; } = 32 << 20;

    /// <summary>The approximate size up to which small packs are merged, in bytes.</summary>
    [Range(1 << 20, 4L << 30)]
    public long MergedBytes { get; init; } = 1L << 30;

    /// <summary>The number of small packs of a lane that are merged, whatever their total size.</summary>
    [Range(2, 10_000)]
    public int MergeAtPacks { get; init; } = 64;
}
