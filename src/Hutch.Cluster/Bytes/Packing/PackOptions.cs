using System.ComponentModel.DataAnnotations;

namespace Hutch.Cluster.Bytes.Packing;

/// <summary>When rows of the log become packs, and how large these grow.</summary>
public sealed class PackOptions
{
    /// <summary>A row that is older than this is packed, seconds. Every 10 s somebody looks.</summary>
    [Range(1, 3600)]
    public int PackAfterSeconds { get; init; } = 45;

    /// <summary>Rows are packed at once when there are so many bytes of them.</summary>
    [Range(1 << 16, 1 << 30)]
    public int PackBytes { get; init; } = 32 << 20;

    /// <summary>Small packs are merged until they are about as large as this.</summary>
    [Range(1 << 20, 4L << 30)]
    public long MergedBytes { get; init; } = 1L << 30;

    /// <summary>So many small packs of a lane are merged, however small they are together.</summary>
    [Range(2, 10_000)]
    public int MergeAtPacks { get; init; } = 64;
}
