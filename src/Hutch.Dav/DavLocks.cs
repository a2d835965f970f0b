namespace Hutch.Dav;

/// <summary>The exclusive locks of this server (RFC 4918 section 6), in memory and of limited number. Thread-safe.</summary>
internal sealed class DavLocks(TimeProvider time)
{
    private const int MaxOfUser = 1000;
    private const int MaxOfAll = 10_000;

    /// <summary>A client that went away blocks others no longer than this. Programs renew the lock of an open file in time.</summary>
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<(DatasetId Dataset, string Path), DavLock> _locks = [];

    /// <summary>Adds a lock, unless another one covers the same file or folder. Returns the lock, or the one in its way.</summary>
    public (DavLock Found, bool IsTaken) Take(DavLock wanted, TimeSpan? timeout)
    {
        lock (_gate)
        {
            if (FindCovering(wanted.Dataset, wanted.Path) is { } covering)
            {
                return (covering, false);
            }

            if (wanted.IsDeep && FindBelow(wanted.Dataset, wanted.Path) is { } below)
            {
                return (below, false);
            }

            RequireRoom(wanted.User);
            return (Store(wanted, timeout), true);
        }
    }

    /// <summary>Extends the lock of a file or folder; null if it has none with one of the tokens.</summary>
    public DavLock? Refresh(DatasetId dataset, string path, string user, IReadOnlySet<string> tokens, TimeSpan? timeout)
    {
        lock (_gate)
        {
            return FindCovering(dataset, path) is { } covering && covering.User == user && tokens.Contains(covering.Token)
                ? Store(covering, timeout)
                : null;
        }
    }

    /// <summary>The lock of a file or folder, by itself or with a folder above it.</summary>
    public DavLock? Find(DatasetId dataset, string path)
    {
        lock (_gate)
        {
            return FindCovering(dataset, path);
        }
    }

    /// <summary>Returns a lock that forbids a change; null if there is none, or the user sent its token.</summary>
    public DavLock? FindBlocking(DatasetId dataset, DavChange change, string user, IReadOnlySet<string> tokens)
    {
        lock (_gate)
        {
            return Blocking(FindCovering(dataset, change.Path))
                ?? (change.IsOfMember && change.Path.Length > 0
                    ? Blocking(FindValid((dataset, change.Path[..Math.Max(0, change.Path.LastIndexOf('/'))])))
                    : null)
                ?? (change.IsDeep ? FindBelow(dataset, change.Path, one => Blocking(one) is not null) : null);
        }

        DavLock? Blocking(DavLock? one) => one is null || (one.User == user && tokens.Contains(one.Token)) ? null : one;
    }

    public void Release(DavLock given)
    {
        lock (_gate)
        {
            _locks.Remove((given.Dataset, given.Path));
        }
    }

    /// <summary>Ends the locks of a file or folder that is gone, and of all below it.</summary>
    public void Forget(DatasetId dataset, string path)
    {
        lock (_gate)
        {
            foreach ((DatasetId Dataset, string Path) key in _locks.Keys.Where(
                key => key.Dataset == dataset && (key.Path == path || IsBelow(key.Path, path))).ToList())
            {
                _locks.Remove(key);
            }
        }
    }

    /// <summary>Returns true if a path is below a folder; an empty one is the dataset itself.</summary>
    public static bool IsBelow(string path, string folder) =>
        folder.Length == 0
        || (path.Length > folder.Length && path[folder.Length] == '/' && path.StartsWith(folder, StringComparison.Ordinal));

    private DavLock Store(DavLock wanted, TimeSpan? timeout)
    {
        TimeSpan duration = timeout < MaxTimeout ? timeout.Value : MaxTimeout;
        DateTimeOffset now = time.GetUtcNow();
        DavLock stored = wanted with { Since = now, Until = now + duration };
        _locks[(wanted.Dataset, wanted.Path)] = stored;
        return stored;
    }

    private void RequireRoom(string user)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (_locks.Count >= MaxOfAll)
        {
            foreach ((DatasetId Dataset, string Path) key in _locks.Where(one => one.Value.Until <= now).Select(one => one.Key).ToList())
            {
                _locks.Remove(key);
            }
        }

        int own = _locks.Values.Count(one => one.User == user && one.Until > now);
        if (own >= MaxOfUser || _locks.Count >= MaxOfAll)
        {
            throw ErrorCode.TooManyRequests.With(
                own >= MaxOfUser ? $"You have {own} locks at this server, the most of an account. Give some back."
                : $"This server has {_locks.Count} locks, the most that it keeps. Try again later.").ToException();
        }
    }

    private DavLock? FindCovering(DatasetId dataset, string path)
    {
        if (_locks.Count == 0)
        {
            return null;
        }

        if (FindValid((dataset, path)) is { } own)
        {
            return own;
        }

        for (string above = path; above.Length > 0;)
        {
            above = above[..Math.Max(0, above.LastIndexOf('/'))];
            if (FindValid((dataset, above)) is { IsDeep: true } deep)
            {
                return deep;
            }
        }

        return null;
    }

    private DavLock? FindBelow(DatasetId dataset, string folder, Predicate<DavLock>? wanted = null)
    {
        DateTimeOffset now = time.GetUtcNow();
        return _locks.Values.FirstOrDefault(
            one => one.Dataset == dataset && one.Until > now && one.Path != folder && IsBelow(one.Path, folder)
                && wanted?.Invoke(one) != false);
    }

    private DavLock? FindValid((DatasetId Dataset, string Path) key) =>
        _locks.TryGetValue(key, out DavLock? found) && found.Until > time.GetUtcNow() ? found : null;
}

/// <param name="Path">The locked path; empty for the dataset itself.</param>
/// <param name="IsDeep">True if it covers everything below a folder.</param>
/// <param name="User">The account that took it, and that alone may use its token.</param>
/// <param name="Owner">The description that the client gave, as XML; null for none.</param>
internal sealed record DavLock(string Token, DatasetId Dataset, string Path, bool IsDeep, string User, string? Owner)
{
    /// <summary>The time when it was taken or extended.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>The end, unless it is extended.</summary>
    public DateTimeOffset Until { get; init; }

    public static string UserOf(Caller caller) => caller.User?.Id.ToString() ?? caller.Name;
}

/// <param name="IsDeep">True if it changes everything below a folder.</param>
/// <param name="IsOfMember">True if a name appears or disappears: that is a change of the folder above.</param>
internal readonly record struct DavChange(string Path, bool IsDeep, bool IsOfMember);
