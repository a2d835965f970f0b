namespace Hutch.Worker.Recipes;

/// <summary>
/// The files that are open: images of a file come one by one, and opening one takes as long as analysing many. The one that was idle for
/// longest makes room for another. Thread-safe.
/// </summary>
internal sealed class SeriesCache(int most) : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Entry> _entries = [];
    private TaskCompletionSource _freed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Takes a file that is open, or opens it. Waits while all are in use.</summary>
    public async Task<Result<Use>> TakeAsync(SeriesKey key, Func<Task<Result<OpenSeries>>> open, CancellationToken cancellationToken)
    {
        while (true)
        {
            (Entry? entry, Entry? dropped, Task freed) = Find(key, open);
            if (dropped is not null)
            {
                await dropped.DisposeAsync();
            }

            if (entry is null)
            {
                await freed.WaitAsync(cancellationToken);
                continue;
            }

            Use? use = null;
            try
            {
                Result<OpenSeries> opened = await entry.Opened.Value.WaitAsync(cancellationToken);
                use = opened.IsOk ? new Use(this, entry, opened.Value) : null;
                return use is null ? opened.Error! : use;
            }
            finally
            {
                if (use is null)
                {
                    Remove(entry);
                    await ReleaseAsync(entry);
                }
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (Entry entry in _entries)
        {
            await entry.DisposeAsync();
        }
    }

    private (Entry? Entry, Entry? Dropped, Task Freed) Find(SeriesKey key, Func<Task<Result<OpenSeries>>> open)
    {
        lock (_lock)
        {
            Entry? dropped = null;
            Entry? entry = _entries.Find(known => known.Key == key && !known.IsStale);
            if (entry is null && (_entries.Count < most || (dropped = _entries.Find(idle => idle.Users == 0)) is not null))
            {
                entry = new Entry(key, open);
            }

            if (entry is not null)
            {
                // The last is the one that was used last.
                _entries.RemoveAll(known => known == entry || known == dropped);
                _entries.Add(entry);
                entry.Users++;
            }

            return (entry, dropped, _freed.Task);
        }
    }

    private async ValueTask ReleaseAsync(Entry entry)
    {
        bool isOver;
        lock (_lock)
        {
            entry.Users--;
            isOver = entry is { Users: 0, IsStale: true } && _entries.Remove(entry);
            _freed.SetResult();
            _freed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        if (isOver)
        {
            await entry.DisposeAsync();
        }
    }

    private void Remove(Entry entry)
    {
        lock (_lock)
        {
            entry.IsStale = true;
        }
    }

    internal sealed class Use(SeriesCache owner, Entry entry, OpenSeries series) : IAsyncDisposable
    {
        public OpenSeries Series => series;

        /// <summary>Lets the next one open the file anew.</summary>
        public void Remove() => owner.Remove(entry);

        public ValueTask DisposeAsync() => owner.ReleaseAsync(entry);
    }

    internal sealed class Entry(SeriesKey key, Func<Task<Result<OpenSeries>>> open) : IAsyncDisposable
    {
        public SeriesKey Key => key;

        public Lazy<Task<Result<OpenSeries>>> Opened { get; } = new(open);

        public int Users { get; set; }

        public bool IsStale { get; set; }

        public async ValueTask DisposeAsync()
        {
            await ((Task)Opened.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Opened.Value is { IsCompletedSuccessfully: true, Result: { IsOk: true, Value: var series } })
            {
                await series.DisposeAsync();
            }
        }
    }
}

/// <param name="Modified">When it was written last: another file under the same name is another series.</param>
/// <param name="Parameters">The parameters as text, equal when they are equal.</param>
internal sealed record SeriesKey(string Path, DateTimeOffset Modified, string Parameters);
