using System.ComponentModel.DataAnnotations;

namespace Hutch.Site.Write.Heads;

public sealed class CompactionOptions
{
    /// <summary>Seconds without a change after which a head is compacted.</summary>
    [Range(1, 86_400)]
    public int QuietSeconds { get; init; } = 60;

    /// <summary>The most seconds between the first change of a head and its compaction.</summary>
    [Range(1, 86_400)]
    public int MaxAgeSeconds { get; init; } = 600;

    /// <summary>The most changes in the overlay of a head; then it is compacted.</summary>
    [Range(1, 10_000_000)]
    public int MaxRows { get; init; } = 100_000;

    /// <summary>
    /// The shortest time between snapshots for readers, in seconds: those who may only read the dataset and ask for its newest version wait
    /// for the next snapshot.
    /// </summary>
    [Range(0, 3600)]
    public int ReaderSeconds { get; init; } = 5;

    /// <summary>The time between two checks of the scheduler, in seconds.</summary>
    [Range(1, 3600)]
    public int LookSeconds { get; init; } = 5;
}
