namespace Hutch.Contracts;

/// <summary>What keeps the site, how it is, and which servers the site has.</summary>
public sealed record EngineInfo
{
    /// <summary>`data folder` for one server, `shared` for servers that share a database and an object store.</summary>
    public required string Kind { get; init; }

    /// <summary>Records in the log that the server that answers had not applied yet; absent for one server.</summary>
    public long? RecordsBehind { get; init; }

    /// <summary>The stores outside of the data folder, the one of the log first.</summary>
    public required IReadOnlyList<StoreInfo> Stores { get; init; }

    /// <summary>The servers of the site; empty where there is one only.</summary>
    public required IReadOnlyList<SiteServerInfo> Servers { get; init; }
}

/// <summary>A store that the site stands on.</summary>
public sealed record StoreInfo
{
    /// <summary>What it is: `PostgreSQL`, `object store`.</summary>
    public required string Name { get; init; }

    /// <summary>Its address, without anything secret.</summary>
    public required string Where { get; init; }

    /// <summary>How long it took to answer, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Why it cannot be used; absent when it answered.</summary>
    public string? Trouble { get; init; }
}

/// <summary>A server of the site.</summary>
public sealed record SiteServerInfo
{
    /// <summary>Its id, which its data folder keeps: 32 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>The name of its machine.</summary>
    public required string Name { get; init; }

    /// <summary>Where the other servers reach it; absent when it has told no address, so that they cannot.</summary>
    public string? Address { get; init; }

    /// <summary>
    /// <c>ok</c>; <c>failed</c>: it cannot write until its next start; <c>silent</c>: the others have not heard of it for ten seconds;
    /// <c>unreachable</c>: it lives, but does not answer the server that was asked.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Why it is not <c>ok</c>, where that is known.</summary>
    public string? Trouble { get; init; }

    /// <summary>Its version. This and all that follows, but for jobs, is absent while it does not answer.</summary>
    public string? Version { get; init; }

    /// <summary>When it started.</summary>
    public DateTimeOffset? Started { get; init; }

    /// <summary>Records in the log that it had not applied yet.</summary>
    public long? RecordsBehind { get; init; }

    /// <summary>Datasets to which captures wrote through it in the last ten minutes.</summary>
    public int? Captures { get; init; }

    /// <summary>The facility's folders below which it watches.</summary>
    public IReadOnlyList<string>? Watched { get; init; }

    /// <summary>The jobs that it does for all servers, by name: it has their leases.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary>Whether it is the server that answers.</summary>
    public required bool IsThis { get; init; }

    /// <summary>How long ago the others heard of it, seconds. After a minute of silence it is put out.</summary>
    public required double SilentSeconds { get; init; }
}
