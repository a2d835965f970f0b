using System.ComponentModel.DataAnnotations;
using Hutch.Hosting;

namespace Hutch.Api;

/// <summary>Limits of the REST door.</summary>
public sealed class ApiOptions : IConnectionLimits
{
    /// <summary>The largest JSON body, bytes.</summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxJsonBytes { get; init; } = 1 << 20;

    /// <summary>The largest metadata document, bytes.</summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxMetadataBytes { get; init; } = 4 << 20;

    /// <summary>The longest line of a body of JSON lines, bytes.</summary>
    [Range(1 << 10, 1 << 20)]
    public int MaxLineBytes { get; init; } = 64 << 10;

    /// <summary>The most JSON in the changes of one push, bytes.</summary>
    [Range(1 << 10, long.MaxValue)]
    public long MaxCommitBytes { get; init; } = 1L << 30;

    /// <summary>The largest request head: request line and headers together, bytes.</summary>
    [Range(1 << 10, 1 << 20)]
    public int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>The longest request line, bytes: a path of 1024 bytes, each percent-encoded, and a query.</summary>
    [Range(1 << 10, 1 << 20)]
    public int MaxRequestLineBytes { get; init; } = 8 << 10;

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

    /// <summary>Silence after which a stream of events sends a comment, so that the connection stays open, seconds.</summary>
    [Range(1, 300)]
    public int EventHeartbeatSeconds { get; init; } = 15;
}
