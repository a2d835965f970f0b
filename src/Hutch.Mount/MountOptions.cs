namespace Hutch.Mount;

/// <summary>Options of a mount.</summary>
public sealed record MountOptions
{
    /// <summary>The default size of the cache.</summary>
    public const long DefaultCacheBytes = 10L * 1024 * 1024 * 1024;

    /// <summary>The smallest size of the cache: room for the read-ahead of a few readers.</summary>
    public const long MinCacheBytes = 256L * 1024 * 1024;

    /// <summary>The mount point.</summary>
    public required string Folder { get; init; }

    /// <summary>The folder of the cache that all mounts of this user share.</summary>
    public required string CacheFolder { get; init; }

    /// <summary>The most bytes in the cache.</summary>
    public long CacheBytes { get; init; } = DefaultCacheBytes;

    /// <summary>True to let all accounts of this machine read that can reach the folder. It needs root, or a setting of fuse3.</summary>
    public bool ForAllAccounts { get; init; }

    /// <summary>Called with the reason when a request of a program failed, so that it got an error.</summary>
    public Action<string>? Failed { get; init; }

    /// <summary>The time for which readers wait for a server that does not answer.</summary>
    public TimeSpan RetryFor { get; init; } = TimeSpan.FromMinutes(2);
}
