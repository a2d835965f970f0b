using Hutch.Site.Write.Committing;

namespace Hutch.Site.Life.Lifecycle;

/// <summary>Temporary bytes that must stay for now, while they are copied to a lane that lasts.</summary>
/// <remarks>
/// Thread-safe. The records show the datasets that are being copied, at any server; this has the bytes that this server's copies need.
/// </remarks>
public sealed class ProtectedBytes
{
    private readonly Lock _lock = new();
    private readonly HashSet<Hold> _holds = [];

    /// <summary>Keeps all bytes from now on, until <see cref="Hold.Blobs"/> is set or the result is disposed.</summary>
    internal Hold Begin(Guid keeping)
    {
        var hold = new Hold(this, keeping);
        lock (_lock)
        {
            _holds.Add(hold);
        }

        return hold;
    }

    /// <summary>Returns true if any of these blobs must stay. While another server copies, all must: it alone knows its blobs.</summary>
    internal bool AnyOf(CommitContext context, IReadOnlyCollection<BlobHash> blobs)
    {
        Hold[] holds;
        lock (_lock)
        {
            holds = [.. _holds];
        }

        return Array.Exists(holds, hold => hold.Blobs is not { } named || blobs.Any(named.Contains))
            || context.Queries.KeepOperations(context.Now).Any(keeping => !Array.Exists(holds, hold => hold.Keeping == keeping));
    }

    /// <summary>The bytes that one dataset needs while it is being kept.</summary>
    internal sealed class Hold(ProtectedBytes owner, Guid keeping) : IDisposable
    {
        private IReadOnlySet<BlobHash>? _blobs;

        public Guid Keeping => keeping;

        /// <summary>The blobs that must stay; null for all.</summary>
        public IReadOnlySet<BlobHash>? Blobs
        {
            get => Volatile.Read(ref _blobs);
            set => Volatile.Write(ref _blobs, value);
        }

        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._holds.Remove(this);
            }
        }
    }
}
