namespace Hutch.Model.Memory;

/// <summary>
/// Memory that the work of all accounts shares. Requests wait in order until there is room in all, and in what one account may have; a
/// request that can never fit is refused.
/// </summary>
/// <param name="maxBytes">The most that may be in use at one time.</param>
/// <param name="maxAccountBytes">The most of it that one account may use.</param>
/// <param name="account">Returns the account of the current work; empty for the server's own. Null for a process with one user.</param>
/// <remarks>Thread-safe. The owner of a share does not wait for another one, only takes free memory: so every owner can finish.</remarks>
public abstract class CountedMemory(long maxBytes, long maxAccountBytes, Func<string>? account)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = [];
    private readonly Dictionary<string, long> _usedBy = new(StringComparer.Ordinal);
    private long _used;

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

    /// <summary>Waits for a share. Refused when it can never fit.</summary>
    public async Task<Result<Share>> RentAsync(long bytes, string what, CancellationToken cancellationToken)
    {
        string user = account?.Invoke() ?? "";
        if (FindRefusal(bytes, what, user) is { } refusal)
        {
            return refusal;
        }

        LinkedListNode<Waiter> node;
        lock (_gate)
        {
            if (TryTake(user, bytes))
            {
                return new Share(this, user, bytes);
            }

            node = _waiting.AddLast(new Waiter(user, bytes, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));
        }

        try
        {
            await node.Value.Ready.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            CancelWait(node);
            throw;
        }

        return new Share(this, user, bytes);
    }

    private HutchError? FindRefusal(long bytes, string what, string user)
    {
        bool isOfAccount = user.Length > 0 && maxAccountBytes < maxBytes;
        long limit = isOfAccount ? maxAccountBytes : maxBytes;
        return bytes <= limit ? null : Refuse(what, bytes, limit, isOfAccount);
    }

    /// <summary>Returns the refusal of a request that can never fit.</summary>
    /// <param name="isOfAccount">True if the limit is that of an account.</param>
    protected abstract HutchError Refuse(string what, long bytes, long limit, bool isOfAccount);

    /// <summary>Takes memory that is free, unless a request waits for it that the account's own share does not keep waiting.</summary>
    private bool TryTake(string user, long bytes)
    {
        if (_used + bytes > maxBytes || !FitsAccount(user, bytes) || _waiting.Any(waiter => FitsAccount(waiter.User, waiter.Bytes)))
        {
            return false;
        }

        Add(user, bytes);
        return true;
    }

    private bool FitsAccount(string user, long bytes) =>
        user.Length == 0 || _usedBy.GetValueOrDefault(user) + bytes <= maxAccountBytes;

    private void Add(string user, long bytes)
    {
        _used += bytes;
        long used = _usedBy.GetValueOrDefault(user) + bytes;
        if (used == 0)
        {
            _usedBy.Remove(user);
        }
        else
        {
            _usedBy[user] = used;
        }
    }

    private bool TryRent(string user, long bytes)
    {
        lock (_gate)
        {
            return TryTake(user, bytes);
        }
    }

    private void Return(string user, long bytes)
    {
        lock (_gate)
        {
            Add(user, -bytes);
            Admit();
        }
    }

    private void CancelWait(LinkedListNode<Waiter> node)
    {
        lock (_gate)
        {
            if (node.List is not null)
            {
                _waiting.Remove(node);
            }
            else
            {
                // Its turn came at the moment of the cancellation.
                Add(node.Value.User, -node.Value.Bytes);
            }

            Admit();
        }
    }

    /// <summary>Admits in order. The first that lacks memory of all keeps back the rest; one that lacks its account's does not.</summary>
    private void Admit()
    {
        LinkedListNode<Waiter>? next = _waiting.First;
        while (next is { Value: var waiter } node)
        {
            next = node.Next;
            if (!FitsAccount(waiter.User, waiter.Bytes))
            {
                continue;
            }

            if (_used + waiter.Bytes > maxBytes)
            {
                return;
            }

            _waiting.Remove(node);
            Add(waiter.User, waiter.Bytes);
            waiter.Ready.SetResult();
        }
    }

    private sealed record Waiter(string User, long Bytes, TaskCompletionSource Ready);

    /// <summary>Memory in use until it is disposed. For one thread at a time.</summary>
    public sealed class Share : IDisposable
    {
        private readonly CountedMemory _owner;
        private readonly string _user;
        private long _bytes;

        internal Share(CountedMemory owner, string user, long bytes) => (_owner, _user, _bytes) = (owner, user, bytes);

        /// <summary>Makes the share larger, if the memory is free and no request waits for it.</summary>
        public bool TryGrow(long bytes)
        {
            bool grown = _owner.TryRent(_user, bytes);
            _bytes += grown ? bytes : 0;
            return grown;
        }

        /// <summary>Gives a part of it back.</summary>
        public void Shrink(long bytes)
        {
            _bytes -= bytes;
            _owner.Return(_user, bytes);
        }

        /// <summary>Gives all of it back. Again, it does nothing.</summary>
        public void Dispose() => _owner.Return(_user, Interlocked.Exchange(ref _bytes, 0));
    }
}
