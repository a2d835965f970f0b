using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Write.Heads;

/// <summary>When heads are folded by themselves.</summary>
public sealed class FoldOptions
{
    /// <summary>A head that has been quiet for so long is folded, seconds.</summary>
    [Range(1, 86_400)]
    public int QuietSeconds { get; init; } = 60;

    /// <summary>A head is folded at the latest so long after its first change, seconds.</summary>
    [Range(1, 86_400)]
    public int MaxAgeSeconds { get; init; } = 600;

    /// <summary>A head is folded at the latest when so many changes lie over it.</summary>
    [Range(1, 10_000_000)]
    public int MaxRows { get; init; } = 100_000;

    /// <summary>
    /// Who may only read a dataset, and asks for its newest version, gets a snapshot of it at most once in so many seconds; they wait for
    /// the next one.
    /// </summary>
    [Range(0, 3600)]
    public int ReaderSeconds { get; init; } = 5;

    /// <summary>How often the scheduler looks, seconds.</summary>
    [Range(1, 3600)]
    public int LookSeconds { get; init; } = 5;
}
