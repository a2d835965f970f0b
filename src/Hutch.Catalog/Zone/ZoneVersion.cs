namespace Hutch.Catalog.Zone;

/// <summary>The version of the zone as one process knows it, and who waits for another one. It never goes back. Thread-safe.</summary>
internal sealed class ZoneVersion(long number)
{
    private TaskCompletionSource _changed = NewSource();
    private long _number = number;

    public long Number => Volatile.Read(ref _number);

    public void Raise()
    {
        Interlocked.Increment(ref _number);
        Tell();
    }

    /// <summary>Learns of a version; an older one than is known says nothing.</summary>
    public void RaiseTo(long number)
    {
        long known = Number;
        while (known < number)
        {
            long before = Interlocked.CompareExchange(ref _number, number, known);
            if (before == known)
            {
                Tell();
                return;
            }

            known = before;
        }
    }

    public Task WaitForChangeAsync(long seen, CancellationToken ct)
    {
        // Taken before the number is compared: a change that comes in between completes it.
        Task changed = Volatile.Read(ref _changed).Task;
        return Number == seen ? changed.WaitAsync(ct) : Task.CompletedTask;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Tell() => Interlocked.Exchange(ref _changed, NewSource()).SetResult();
}
