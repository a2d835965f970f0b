namespace Hutch.Processing.Dispatch;

/// <summary>A worker that has asked for frames.</summary>
/// <remarks>Changes under the lock of its queue.</remarks>
internal sealed class ConnectedWorker(WorkerName name, string ns, TimeProvider time)
{
    public WorkerName Name => name;

    public string Namespace => ns;

    /// <summary>Its foreign steps.</summary>
    public IReadOnlyList<StepDeclaration> Steps { get; set; } = [];

    public int Leases { get; set; }

    /// <summary>The life of its leases.</summary>
    public TimeSpan Life { get; set; }

    /// <summary>True if its one lease is a frame that may have silenced other workers.</summary>
    public bool HasPoisonFrame { get; set; }

    /// <summary>The run for whose suspect it takes nothing new, so that it has nothing else.</summary>
    public PendingFrames? Waits { get; set; }

    public long Frames { get; set; }

    public RecentRate Rate { get; } = new(time);

    /// <summary>The time of its last row, or at which it took frames and had none.</summary>
    public long Moved { get; set; }

    /// <summary>The time of its last message.</summary>
    public DateTimeOffset Seen { get; set; }

    /// <summary>True if it has been silent since it lost frames.</summary>
    public bool IsSilent { get; set; }
}
