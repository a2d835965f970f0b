using System.Globalization;

namespace Hutch.Analysis.Memory;

/// <summary>
/// The memory of all decoded images of a process: a frame of a megabyte may unpack to a gigabyte. Requests wait in order until there is
/// room; a request that can never fit is refused.
/// </summary>
/// <param name="maxBytes">The most that may be in use at one time.</param>
/// <remarks>Thread-safe. The owner of a share does not wait for another one, only takes free memory: so every owner can finish.</remarks>
public sealed class ImageMemory(long maxBytes)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<(long Bytes, TaskCompletionSource Ready)> _waiting = [];
    private long _used;

    /// <summary>A quarter of what the process may have.</summary>
    public static long UsualBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4;

    public long MaxBytes => maxBytes;

    public long UsedBytes
    {
        get
        {
            lock (_gate)
            {
                return _used;
            }
        }
    }

    /// <summary>The mask that was read last, small enough not to count; null before there is one.</summary>
    internal PackedMask? LastMask { get; set; }

    /// <summary>Waits for a share. Refused when it can never fit.</summary>
    public async Task<Result<Share>> RentAsync(long bytes, string what, CancellationToken cancellationToken)
    {
        if (bytes > maxBytes)
        {
            return ErrorCode.TooLarge.With(string.Create(
                CultureInfo.InvariantCulture,
                $"{what} takes {bytes >> 20} MiB of memory to analyse; the limit is {maxBytes >> 20} MiB. "
                + $"An operator can raise it: 'analysis.maxImageMegabytes'."));
        }

        LinkedListNode<(long Bytes, TaskCompletionSource Ready)> place;
        lock (_gate)
        {
            if (_waiting.Count == 0 && _used + bytes <= maxBytes)
            {
                _used += bytes;
                return new Share(this, bytes);
            }

            place = _waiting.AddLast((bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await place.Value.Ready.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            CancelWait(place);
            throw;
        }

        return new Share(this, bytes);
    }

    private bool TryRent(long bytes)
    {
        lock (_gate)
        {
            bool fits = _waiting.Count == 0 && _used + bytes <= maxBytes;
            _used += fits ? bytes : 0;
            return fits;
        }
    }

    private void Return(long bytes)
    {
        lock (_gate)
        {
            _used -= bytes;
            Admit();
        }
    }

    private void CancelWait(LinkedListNode<(long Bytes, TaskCompletionSource Ready)> place)
    {
        lock (_gate)
        {
            if (place.List is not null)
            {
                _waiting.Remove(place);
            }
            else
            {
                // Its turn came at the moment of the cancellation.
                _used -= place.Value.Bytes;
            }

            Admit();
        }
    }

    private void Admit()
    {
        while (_waiting.First is { } next && _used + next.Value.Bytes <= maxBytes)
        {
            _waiting.RemoveFirst();
            _used += next.Value.Bytes;
            next.Value.Ready.SetResult();
        }
    }

    /// <summary>Memory in use until it is disposed. For one thread at a time.</summary>
    public sealed class Share : IDisposable
    {
        private readonly ImageMemory _owner;
        private long _bytes;

        internal Share(ImageMemory owner, long bytes) => (_owner, _bytes) = (owner, bytes);

        /// <summary>Makes the share larger, if the memory is free and no request waits for it.</summary>
        public bool TryGrow(long bytes)
        {
            bool grown = _owner.TryRent(bytes);
            _bytes += grown ? bytes : 0;
            return grown;
        }

        /// <summary>Gives a part of it back.</summary>
        public void Shrink(long bytes)
        {
            _bytes -= bytes;
            _owner.Return(bytes);
        }

        /// <summary>Gives all of it back. Again, it does nothing.</summary>
        public void Dispose() => _owner.Return(Interlocked.Exchange(ref _bytes, 0));
    }
}
