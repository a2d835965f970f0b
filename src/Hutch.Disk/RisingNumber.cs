namespace Hutch.Disk;

/// <summary>A number that only rises, such as that of the last record, with its waiting tasks.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class RisingNumber(long value = 0)
{
    private TaskCompletionSource _raised = NewSource();
    private long _value = value;

    public long Value => Volatile.Read(ref _value);

    public void Raise()
    {
        Interlocked.Increment(ref _value);
        NotifyWaiters();
    }

    /// <summary>Raises it to a number; nothing happens when it is as high already.</summary>
    public void RaiseTo(long number)
    {
        if (TryRaise(ref _value, number))
        {
            NotifyWaiters();
        }
    }

    public static bool TryRaise(ref long field, long number)
    {
        for (long known = Volatile.Read(ref field); known < number;)
        {
            long before = Interlocked.CompareExchange(ref field, number, known);
            if (before == known)
            {
                return true;
            }

            known = before;
        }

        return false;
    }

    /// <summary>Returns when it is at least as high as a number.</summary>
    public async Task WaitAsync(long number, CancellationToken ct)
    {
        while (true)
        {
            // Taken before the number is compared: a rise that comes in between completes it.
            Task raised = Volatile.Read(ref _raised).Task;
            if (Value >= number)
            {
                return;
            }

            await raised.WaitAsync(ct);
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void NotifyWaiters() => Interlocked.Exchange(ref _raised, NewSource()).SetResult();
}
