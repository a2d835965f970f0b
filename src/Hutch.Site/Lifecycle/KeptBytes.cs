using Hutch.Model;

namespace Hutch.Site.Lifecycle;

/// <summary>Temporary bytes that must stay for now, as they are being copied to where they last.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class KeptBytes
{
    private readonly Lock _lock = new();
    private readonly HashSet<Hold> _holds = [];

    /// <summary>From now on everything stays, until it is said what of it; or until the result is disposed.</summary>
    internal Hold Begin()
    {
        var hold = new Hold(this);
        lock (_lock)
        {
            _holds.Add(hold);
        }

        return hold;
    }

    /// <summary>Whether any of some blobs must stay.</summary>
    internal bool AnyOf(IReadOnlyCollection<BlobHash> blobs)
    {
        Hold[] holds;
        lock (_lock)
        {
            holds = [.. _holds];
        }

        return Array.Exists(holds, hold => hold.Blobs is not { } named || blobs.Any(named.Contains));
    }

    /// <summary>What one dataset needs while it is being kept.</summary>
    internal sealed class Hold(KeptBytes owner) : IDisposable
    {
        private IReadOnlySet<BlobHash>? _blobs;

        /// <summary>What must stay; null for everything.</summary>
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
