namespace Hutch.Worker;

/// <summary>The source of a worker's leases and the destination of its results: the server that it is part of, or one over HTTP.</summary>
/// <remarks>Thread-safe. A request for a lease that has ended throws <see cref="LeaseLostException"/>.</remarks>
public interface IFrameLeaseSource
{
    /// <summary>The most frames to take at once.</summary>
    int FramesPerLease { get; }

    /// <summary>Frames to read at once for each that is computed, beyond the one that follows.</summary>
    int ReadAhead { get; }

    /// <summary>The first frames of a run that is not among those. Waits a while for one; null when there was none.</summary>
    Task<FrameLease?> LeaseFirstAsync(
        IReadOnlyCollection<Guid> known, IReadOnlySet<string> programs, CancellationToken cancellationToken);

    /// <summary>Further frames of a run; waits for them. Null when there will be none.</summary>
    ValueTask<FrameLease?> LeaseNextAsync(FrameLease previous, CancellationToken cancellationToken);

    /// <summary>Attributes all later reads in this flow to the user that started the run.</summary>
    IDisposable? Enter(FrameLease lease);

    Task<Result<EntryBytes?>> ReadEntryAsync(FrameLease lease, string path, int maxBytes, CancellationToken cancellationToken);

    /// <summary>Reads the stored bytes of a frame, checked.</summary>
    /// <exception cref="HutchException">They are not there, damaged, or too many.</exception>
    Task ReadFrameAsync(FrameLease lease, StoredFrame frame, FrameBuffer buffer, long maxBytes, CancellationToken cancellationToken);

    /// <summary>Puts a file of a frame of a lease next to the rows; durable when it returns.</summary>
    /// <exception cref="HutchException">It was refused permanently.</exception>
    Task PutFileAsync(FrameLease lease, int frame, StepFile file, CancellationToken cancellationToken);

    ValueTask GiveAsync(FrameLease lease, IReadOnlyList<FrameResult> rows, CancellationToken cancellationToken);

    /// <summary>Gives back the frames of a lease that have no row. One that has ended stays so.</summary>
    Task ReturnAsync(FrameLease lease, CancellationToken cancellationToken);

    Task FailRunAsync(FrameLease lease, HutchError reason, CancellationToken cancellationToken);
}
