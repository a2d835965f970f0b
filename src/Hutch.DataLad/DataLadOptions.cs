using System.ComponentModel.DataAnnotations;

namespace Hutch.DataLad;

/// <summary>Datasets as git repositories, for git and DataLad: see docs/datalad.md.</summary>
public sealed class DataLadOptions
{
    /// <summary>Serve datasets to git and DataLad.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The most files of a version that is shown as a git repository.</summary>
    [Range(1, 10_000_000)]
    public int MaxFiles { get; init; } = 500_000;

    /// <summary>The most git objects in what one clone or fetch gets.</summary>
    [Range(1, 50_000_000)]
    public int MaxObjects { get; init; } = 3_000_000;

    /// <summary>Bytes of the disk for the packs of the last clones; lost ones are made again.</summary>
    [Range(0, long.MaxValue)]
    public long PackCacheBytes { get; init; } = 1L << 30;

    /// <summary>The number of packs that are made at the same time; other clones wait.</summary>
    [Range(1, 1000)]
    public int ConcurrentPacks { get; init; } = 2;

    /// <summary>The most clones that wait for their pack; further ones are refused and may retry.</summary>
    [Range(1, 100_000)]
    public int MaxWaiting { get; init; } = 200;

    /// <summary>The largest file or directory in git itself that a push may bring, bytes; larger files belong in the annex.</summary>
    [Range(1 << 20, 1 << 30)]
    public int MaxObjectBytes { get; init; } = 64 << 20;

    /// <summary>The most bytes of one push, both packed and unpacked.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long MaxPushBytes { get; init; } = 16L << 30;

    /// <summary>The number of git pushes that are received at the same time; others wait.</summary>
    [Range(1, 1000)]
    public int ConcurrentPushes { get; init; } = 2;

    /// <summary>
    /// Days for which content of a key stays without a commit, branch or version that names it. The count restarts when the server confirms
    /// to a client that it has the content. 0: for ever.
    /// </summary>
    [Range(0, 36_500)]
    public int UnnamedKeyDays { get; init; } = 30;

    /// <summary>The largest request of a git client, bytes, unpacked.</summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxRequestBytes { get; init; } = 4 << 20;
}
