using System.ComponentModel.DataAnnotations;

namespace Hutch.Doors;

/// <summary>The limits of a door's clients: connections, request heads and time. Each door has its own options.</summary>
public abstract class ConnectionLimits
{
    /// <summary>The largest request head: request line and headers together, bytes.</summary>
    [Range(1 << 10, 1 << 20)]
    public int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>The longest request line, bytes.</summary>
    public abstract int MaxRequestLineBytes { get; init; }

    /// <summary>The most connections at one time.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Seconds without a byte after which a body is given up.</summary>
    [Range(1, 3600)]
    public int BodyIdleSeconds { get; init; } = 60;

    /// <summary>Seconds after which a request with an incomplete head is given up.</summary>
    [Range(1, 3600)]
    public int HeaderSeconds { get; init; } = 30;

    /// <summary>Least rate of a body, bytes a second; a client that is slower for <c>slowSeconds</c> is given up. 0 for no limit.</summary>
    [Range(0, 1 << 20)]
    public int MinUploadRate { get; init; } = 240;

    /// <summary>
    /// Least rate of an answer, bytes a second; a client that is slower for <c>slowSeconds</c> is given up. 0 for no limit.
    /// </summary>
    [Range(0, 1 << 20)]
    public int MinDownloadRate { get; init; } = 1024;

    /// <summary>Seconds for which a client may be slower than that.</summary>
    [Range(2, 3600)]
    public int SlowSeconds { get; init; } = 60;

    /// <summary>Seconds for which requests in progress may continue when the server stops.</summary>
    [Range(0, 3600)]
    public int StopSeconds { get; init; } = 20;
}
