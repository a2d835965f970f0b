namespace Hutch.Mount.Trees;

/// <summary>The entries of a folder while its pages arrive: the first names are read before the last ones are known. Thread-safe.</summary>
internal sealed class GrowingListing
{
    private readonly Lock _gate = new();
    private FolderListing _known;
    private bool _isWhole;
    private TaskCompletionSource _grown = NewSignal();

    internal GrowingListing() => _known = new FolderListing.Builder().Build();

    /// <summary>A listing that is there as a whole.</summary>
    internal GrowingListing(FolderListing whole) => (_known, _isWhole) = (whole, true);

    /// <summary>Waits for all entries.</summary>
    internal ValueTask<FolderListing> ReadAllAsync(CancellationToken cancellationToken) => ReadAsync(long.MaxValue, cancellationToken);

    /// <summary>Waits for the entry at a position. Returns all known entries: without that one, they are the whole folder.</summary>
    internal async ValueTask<FolderListing> ReadAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task grown;
            lock (_gate)
            {
                if (position < _known.Count || _isWhole)
                {
                    return _known;
                }

                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellationToken);
        }
    }

    /// <param name="known">The entries before, and more.</param>
    internal void Grow(FolderListing known) => Set(known, isWhole: false);

    internal void End(FolderListing whole) => Set(whole, isWhole: true);

    /// <summary>Ends with a failure, which readers of later entries get.</summary>
    internal void Fail(Exception failure) => _grown.SetException(failure);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Set(FolderListing known, bool isWhole)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            (_known, _isWhole) = (known, isWhole);
            (grown, _grown) = (_grown, NewSignal());
        }

        grown.SetResult();
    }
}
