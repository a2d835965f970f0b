namespace Hutch.Capture;

/// <summary>Limits of a capture.</summary>
public sealed record CaptureOptions
{
    /// <summary>The most bytes that wait to be stored, in MiB.</summary>
    public int BufferMegabytes { get; init; } = 1024;

    /// <summary>The most bytes on disk of messages that cannot be stored at once, in MiB; 0 for none on disk.</summary>
    public int SpoolMegabytes { get; init; } = 4096;

    /// <summary>The age at which a message that is not stored is written to disk.</summary>
    public TimeSpan SpoolAfter { get; init; } = TimeSpan.FromSeconds(0.3);

    /// <summary>
    /// True if it stops reading when memory and spool are full, so that the sender waits or drops: for the only reader. Else it continues
    /// to read, and drops its own copy.
    /// </summary>
    public bool WaitsForSpace { get; init; }

    /// <summary>The longest wait of a sender while nothing is stored; then images are dropped, as the detector must not stop.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The most series that are under way at once, from all detectors that send here.</summary>
    public int MaxOpenSeries { get; init; } = 64;

    /// <summary>The silence after which a series is over.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest time for storing the received images after a stop.</summary>
    public int DrainSeconds { get; init; } = 60;
}
