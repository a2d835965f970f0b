using System.ComponentModel.DataAnnotations;

namespace Hutch.Doors;

/// <summary>What the clients of a door may take of connections, request heads and time. Each door has options of its own for it.</summary>
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

    /// <summary>A body from which nothing has come for so long is given up, seconds.</summary>
    [Range(1, 3600)]
    public int BodyIdleSeconds { get; init; } = 60;

    /// <summary>A request whose head has not come whole after so long is given up, seconds.</summary>
    [Range(1, 3600)]
    public int HeaderSeconds { get; init; } = 30;

    /// <summary>
    /// A client that sends a body more slowly than this for <c>slowSeconds</c> is given up, bytes a second; 0 for however slowly.
    /// </summary>
    [Range(0, 1 << 20)]
    public int MinUploadRate { get; init; } = 240;

    /// <summary>
    /// A client that takes an answer more slowly than this for <c>slowSeconds</c> is given up, bytes a second; 0 for however slowly.
    /// </summary>
    [Range(0, 1 << 20)]
    public int MinDownloadRate { get; init; } = 1024;

    /// <summary>How long a client may be slower than that, seconds.</summary>
    [Range(2, 3600)]
    public int SlowSeconds { get; init; } = 60;

    /// <summary>How long requests in progress may go on when the server stops, seconds.</summary>
    [Range(0, 3600)]
    public int StopSeconds { get; init; } = 20;
}
