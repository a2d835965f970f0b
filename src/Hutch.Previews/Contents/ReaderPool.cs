using Hutch.Formats.Hdf5;
using Hutch.Site.Platform.Fairness;

namespace Hutch.Previews.Contents;

/// <summary>
/// The processes that read files. One that has read files of a dataset reads no others. If a file ever takes control of a process, that
/// process has no other data to leak and no other caller to deceive.
/// </summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ReaderPool : IAsyncDisposable
{
    /// <summary>The most readers that one user has while others wait, per cent.</summary>
    private const int MaxUserPercent = 50;

    private readonly ReaderCommand _command;
    private readonly FileReaderOptions _options;
    private readonly TimeProvider _time;
    private readonly FairScheduler _turns;
    private readonly LinkedList<Idle> _idle = [];
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private bool _disposed;

    public ReaderPool(ReaderCommand command, FileReaderOptions options, TimeProvider time)
    {
        _command = command;
        _options = options;
        _time = time;
        _turns = new FairScheduler(options.Readers, MaxUserPercent, [.. RequestClasses.All.Select(static _ => 1)]);
        var period = TimeSpan.FromSeconds(options.IdleSeconds);
        _timer = time.CreateTimer(_ => EndOld(), null, period, period);
    }

    /// <summary>
    /// Takes a reader for a dataset, when it is the caller's turn. Turns are fair among users, and a quarter of the readers stays free of
    /// any one user.
    /// </summary>
    public async Task<Result<Lease>> RentAsync(DatasetId dataset, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(_options.WaitSeconds), _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        IDisposable slot;
        try
        {
            slot = await _turns.EnterAsync(RequestScope.User, RequestClass.Interactive, 1, either.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ErrorCode.Unavailable.With(
                $"All {_options.Readers} readers of files were busy for {_options.WaitSeconds} s. Try again in a moment.");
        }

        return new Lease(this, dataset, await FindAsync(dataset), slot);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        List<Idle> idle;
        lock (_gate)
        {
            _disposed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (Idle each in idle)
        {
            await each.Process.DisposeAsync();
        }
    }

    private async Task<ContentProcess> FindAsync(DatasetId dataset)
    {
        Idle? found;
        Idle? oldest = null;
        lock (_gate)
        {
            found = _idle.FirstOrDefault(idle => idle.Dataset == dataset);
            if (found is null && _idle.Count >= _options.Readers - CountRented() + 1)
            {
                oldest = _idle.Last?.Value;
            }

            if ((found ?? oldest) is { } gone)
            {
                _idle.Remove(gone);
            }
        }

        if (oldest is not null)
        {
            await oldest.Process.DisposeAsync();
        }

        return found?.Process ?? new ContentProcess(_command, ReaderOptions(), _time);
    }

    /// <summary>The number of taken readers, with the one that is being taken.</summary>
    private int CountRented() => _turns.Taken;

    private Hdf5ReaderOptions ReaderOptions() => new()
    {
        MaxMemoryBytes = _options.UsedReaderMemoryBytes,
        OpenTimeout = TimeSpan.FromSeconds(_options.RequestSeconds),
        RequestTimeout = TimeSpan.FromSeconds(_options.RequestSeconds),
    };

    private async ValueTask ReturnAsync(DatasetId dataset, ContentProcess process, IDisposable slot)
    {
        bool isKept;
        lock (_gate)
        {
            isKept = !_disposed && process.ProcessId is not null;
            if (isKept)
            {
                _idle.AddFirst(new Idle(dataset, process, _time.GetTimestamp()));
            }
        }

        if (!isKept)
        {
            await process.DisposeAsync();
        }

        slot.Dispose();
    }

    private void EndOld()
    {
        var old = new List<Idle>();
        lock (_gate)
        {
            while (_idle.Last is { } last && _time.GetElapsedTime(last.Value.Since).TotalSeconds >= _options.IdleSeconds)
            {
                old.Add(last.Value);
                _idle.RemoveLast();
            }
        }

        foreach (Idle each in old)
        {
            _ = each.Process.DisposeAsync().AsTask();
        }
    }

    /// <summary>A reader that is the holder's until it is disposed.</summary>
    internal sealed class Lease(ReaderPool pool, DatasetId dataset, ContentProcess process, IDisposable slot) : IAsyncDisposable
    {
        public ContentProcess Process => process;

        public ValueTask DisposeAsync() => pool.ReturnAsync(dataset, process, slot);
    }

    private sealed record Idle(DatasetId Dataset, ContentProcess Process, long Since);
}
