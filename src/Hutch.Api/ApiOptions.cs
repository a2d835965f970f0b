using System.ComponentModel.DataAnnotations;

namespace Hutch.Api;

public sealed class ApiOptions : ConnectionLimits
{
    /// <summary>The largest JSON body, bytes.</summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxJsonBytes { get; init; } = 1 << 20;

    /// <summary>The largest metadata document, bytes.</summary>
    [Range(1 << 10, 64 << 20)]
    public int MaxMetadataBytes { get; init; } = 4 << 20;

    /// <summary>The most keys of all objects in a metadata document.</summary>
    [Range(100, 10_000_000)]
    public int MaxMetadataKeys { get; init; } = 100_000;

    /// <summary>The memory of all metadata documents that are being stored, MiB; one account uses half of it at most.</summary>
    [Range(16, 1 << 20)]
    public int DocumentMegabytes { get; init; } = 96;

    /// <summary>The longest line of a body of JSON lines, bytes.</summary>
    [Range(1 << 10, 1 << 20)]
    public int MaxLineBytes { get; init; } = 64 << 10;

    /// <summary>The most JSON in the changes of one push, bytes.</summary>
    [Range(1 << 10, long.MaxValue)]
    public long MaxCommitBytes { get; init; } = 1L << 30;

    /// <summary>The longest request line, bytes: a path of 1024 bytes, each percent-encoded, and a query.</summary>
    [Range(1 << 10, 1 << 20)]
    public override int MaxRequestLineBytes { get; init; } = 8 << 10;

    /// <summary>The most records of published datasets that a harvester gets at a time.</summary>
    [Range(1, 1000)]
    public int MaxHarvestedRecords { get; init; } = 100;

    /// <summary>Silence after which a stream of events sends a comment, so that the connection stays open, seconds.</summary>
    [Range(1, 300)]
    public int EventHeartbeatSeconds { get; init; } = 15;
}
