namespace Hutch.Hosting;

/// <summary>What the clients of a door may take of connections, request heads and time. Each door has options of its own for it.</summary>
public interface IConnectionLimits
{
    /// <summary>The largest request head: request line and headers together, bytes.</summary>
    int MaxHeaderBytes { get; }

    /// <summary>The longest request line, bytes.</summary>
    int MaxRequestLineBytes { get; }

    /// <summary>The most connections at one time.</summary>
    int MaxConnections { get; }

    /// <summary>A request whose head has not come whole after so long is given up, seconds.</summary>
    int HeaderSeconds { get; }

    /// <summary>
    /// A client that sends a body more slowly than this for <see cref="SlowSeconds"/> is given up, bytes a second; 0 for however slowly.
    /// </summary>
    int MinUploadRate { get; }

    /// <summary>
    /// A client that takes an answer more slowly than this for <see cref="SlowSeconds"/> is given up, bytes a second; 0 for however slowly.
    /// </summary>
    int MinDownloadRate { get; }

    /// <summary>How long a client may be slower than that, seconds.</summary>
    int SlowSeconds { get; }
}
