namespace Hutch.Mount.Trees;

/// <summary>The entries of a folder while its pages arrive: the first names are read before the last ones are known. Thread-safe.</summary>
internal sealed class GrowingListing
{
    private readonly Lock _gate = new();
    private FolderListing _known;
    private bool _isWhole;
    private Exception? _failure;
    private TaskCompletionSource _grown = NewSignal();

    internal GrowingListing() => _known = new FolderListing.Builder().Build();

    /// <summary>A listing that is there as a whole.</summary>
    internal GrowingListing(FolderListing whole) => (_known, _isWhole) = (whole, true);

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

                if (_failure is not null)
                {
                    break;
                }

                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellationToken);
        }

        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        throw _failure;
    }

    /// <param name="known">The entries before, and more.</param>
    internal void Grow(FolderListing known) => Change(() => _known = known);

    internal void End(FolderListing whole) => Change(() => (_known, _isWhole) = (whole, true));

    internal void Fail(Exception failure) => Change(() => _failure = failure);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource grown;
        lock (_gate)
        {
            change();
            (grown, _grown) = (_grown, NewSignal());
        }

        grown.SetResult();
    }
}
