using Hutch.Site.Engines.Segments;

namespace Hutch.Buckets;

/// <summary>
/// Knows whether this server still owns the bucket. The bucket is asked before each of its changes, and every few seconds. An answer counts
/// for a bounded time (<see cref="FolderSettings.Alone"/>), in which writes are acknowledged without asking: a server that takes the bucket
/// over waits as long. Once another server has it, this one never writes again.
/// </summary>
/// <remarks>Thread-safe. The time is measured by two clocks, as one of them may stand while a machine sleeps.</remarks>
internal sealed class FolderOwnership(
    IObjectStore objects, FolderObjects names, FolderRecord record, TimeSpan alone, TimeProvider time)
{
    private const string TakenAdvice =
        "Write at the server that has the bucket now, and push again there what was pushed here since then. The operator stops this "
        + "server.";

    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AskPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HoldLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private volatile WriteRefusal? _fence;
    private volatile Sighting? _seen;
    private Task? _asking;
    private long _failed;

    /// <summary>The reason why this server must not write until it is started again; null while it may.</summary>
    public WriteRefusal? Fence => _fence;

    /// <summary>The time between two questions.</summary>
    public TimeSpan AskEvery { get; } = TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(5).Ticks, alone.Ticks / 6));

    /// <summary>True if the last answer is too old for acknowledgements.</summary>
    public bool IsSilent => _fence is null && _seen is not null && !IsSure(TimeSpan.Zero);

    /// <summary>A write must not take the rest of the time.</summary>
    private TimeSpan Margin => TimeSpan.FromTicks(Math.Min(TimeSpan.FromSeconds(2).Ticks, alone.Ticks / 4));

    /// <summary>Asks the bucket.</summary>
    /// <exception cref="HutchException">Another server owns the bucket.</exception>
    public async Task RequireAsync(CancellationToken ct)
    {
        if (_fence is null)
        {
            var asked = new Sighting(time.GetTimestamp(), time.GetUtcNow());
            FolderOwner? owner = await FolderOwner.FindAsync(objects, names.Owner, ct);
            if (owner is not null && owner.Start == record.Header.Start)
            {
                _seen = asked;
            }
            else
            {
                _fence ??= new WriteRefusal(
                    owner is null
                        ? $"'{names.Owner}' in the bucket {objects.Name} is gone: this server no longer knows that the bucket is its own."
                        : $"Another server (on {owner.Machine}) has taken over the bucket {objects.Name}: this one writes nothing more.",
                    owner is null ? "The operator looks who removed it, and restarts this server." : TakenAdvice);
                await ReleaseAsync(ct);
            }
        }

        if (_fence is { } why)
        {
            throw (ErrorCode.Unavailable with { Advice = why.Advice }).With(why.Message).ToException();
        }
    }

    /// <summary>Returns the reason why nothing may be written now; null if this server owns the bucket. Asks it if need be.</summary>
    public async ValueTask<WriteRefusal?> FindRefusalAsync(CancellationToken ct)
    {
        if (!IsSure(Margin))
        {
            await AskOnceAsync().WaitAsync(ct);
        }

        return _fence ?? (IsSure(Margin) ? null : new WriteRefusal(
            $"The bucket {objects.Name} does not answer, so this server cannot know whether another one has taken its data folder over.",
            "Try again when the bucket answers. `hutch doctor` at the server shows its state."));
    }

    /// <summary>
    /// Returns the reason why a write that is durable by now must not be acknowledged; null if it may be. A silent bucket is waited for:
    /// the write is in the log, and those after it would contradict it. If the bucket stays silent, this server writes nothing more.
    /// </summary>
    public async ValueTask<WriteRefusal?> ConfirmAsync(CancellationToken ct)
    {
        long start = time.GetTimestamp();
        while (_fence is null && !IsSure(TimeSpan.Zero))
        {
            await AskOnceAsync().WaitAsync(ct);
            if (_fence is not null || IsSure(TimeSpan.Zero))
            {
                break;
            }

            if (time.GetElapsedTime(start) >= HoldLimit)
            {
                _fence ??= new WriteRefusal(
                    $"The bucket {objects.Name} fell silent in the middle of a write. The next start of this server decides its outcome.",
                    "The operator restarts the server when the bucket answers.");
                break;
            }

            await Task.Delay(AskPause, time, ct);
        }

        return _fence;
    }

    /// <summary>Asks every few seconds until it is cancelled, so that writes need not.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        while (true)
        {
            await AskOnceAsync();
            await Task.Delay(AskEvery, time, ct);
        }
    }

    /// <summary>Ends the ownership of a server that has stopped, so that another one need not wait.</summary>
    public async Task EndAsync(CancellationToken ct)
    {
        if (_fence is null)
        {
            _fence = new WriteRefusal("The server has stopped.", "");
            using var limit = new CancellationTokenSource(EndLimit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            await ReleaseAsync(either.Token);
        }
    }

    private bool IsSure(TimeSpan margin) => _fence is null && _seen is { } seen
        && time.GetElapsedTime(seen.Timestamp) < alone - margin && (time.GetUtcNow() - seen.Utc).Duration() < alone - margin;

    /// <summary>Asks, or waits for the question that is under way. A failure is not repeated at once.</summary>
    private Task AskOnceAsync()
    {
        lock (_gate)
        {
            if (_asking is { IsCompleted: false })
            {
                return _asking;
            }

            return _failed != 0 && time.GetElapsedTime(_failed) < AskPause ? Task.CompletedTask : _asking = AskQuietlyAsync();
        }
    }

    private async Task AskQuietlyAsync()
    {
        using var limit = new CancellationTokenSource(AskLimit, time);
        try
        {
            await RequireAsync(limit.Token);
            _failed = 0;
        }
        catch (Exception e) when (BucketFailure.Is(e) || e is IOException or OperationCanceledException)
        {
            _failed = time.GetTimestamp();
        }
    }

    /// <summary>Says in the bucket that this start acknowledges nothing more. Without it, the next owner waits longer.</summary>
    private async Task ReleaseAsync(CancellationToken ct)
    {
        try
        {
            if (record.Header.Start is { } start)
            {
                await objects.PutAsync(names.Released(start), ObjectBody.From("This start has ended.\n"u8.ToArray()), ct);
            }
        }
        catch (Exception e) when (BucketFailure.Is(e) || e is IOException or OperationCanceledException)
        {
            // The bucket knows this start for as long as it may acknowledge anything.
        }
    }

    private sealed record Sighting(long Timestamp, DateTimeOffset Utc);
}
