namespace Hutch.Capture;

/// <summary>Limits of a capture.</summary>
public sealed record CaptureOptions
{
    /// <summary>The most bytes that wait to be stored, in MiB.</summary>
    public int BufferMegabytes { get; init; } = 1024;

    /// <summary>
    /// Whether it stops reading when they are too many, so that the sender waits or drops: where it is the only reader. Else it goes on
    /// reading, and drops its own copy.
    /// </summary>
    public bool WaitsForRoom { get; init; }

    /// <summary>The most series that are under way at once, from all detectors that send here.</summary>
    public int MaxOpenSeries { get; init; } = 64;

    /// <summary>A series of which nothing was heard for so long is over.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long it may go on storing what it has when it stops.</summary>
    public int DrainSeconds { get; init; } = 60;
}
