using System.Collections.Concurrent;

namespace Hutch.Site.Platform.Locks;

/// <summary>One lock for each key, for work that must not run twice at once on the same object. Free keys take no memory.</summary>
public sealed class KeyedLock<TKey>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Holder> _holders = new();

    public async ValueTask<IDisposable> EnterAsync(TKey key, CancellationToken ct)
    {
        while (true)
        {
            Holder holder = _holders.GetOrAdd(key, static _ => new Holder());
            if (!holder.TryJoin())
            {
                // Its last user is just leaving: it takes itself out of the table, so look again.
                await Task.Yield();
                continue;
            }

            try
            {
                await holder.Semaphore.WaitAsync(ct);
                return new Releaser(this, key, holder);
            }
            catch
            {
                Leave(key, holder);
                throw;
            }
        }
    }

    private void Leave(TKey key, Holder holder)
    {
        if (holder.Leave())
        {
            _holders.TryRemove(new KeyValuePair<TKey, Holder>(key, holder));
        }
    }

    private sealed class Holder
    {
        private int _users;

        public SemaphoreSlim Semaphore { get; } = new(1, 1);

        /// <summary>Counts a user in; false when the lock is dead: its last user has left.</summary>
        public bool TryJoin()
        {
            lock (Semaphore)
            {
                if (_users < 0)
                {
                    return false;
                }

                _users++;
                return true;
            }
        }

        /// <summary>Releases one user; true for the last one, after which no other can join.</summary>
        public bool Leave()
        {
            lock (Semaphore)
            {
                if (--_users > 0)
                {
                    return false;
                }

                _users = -1;
                return true;
            }
        }
    }

    private sealed class Releaser(KeyedLock<TKey> owner, TKey key, Holder holder) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
            {
                holder.Semaphore.Release();
                owner.Leave(key, holder);
            }
        }
    }
}
