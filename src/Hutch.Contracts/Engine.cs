namespace Hutch.Contracts;

/// <summary>Storage engine of the site, its state, and the servers of the site.</summary>
public sealed record EngineInfo
{
    /// <summary>`data folder` for one server, `shared` for servers that share a database and an object store.</summary>
    public required string Kind { get; init; }

    /// <summary>Records in the journal that the responding server had not applied yet; absent for one server.</summary>
    public long? RecordsBehind { get; init; }

    /// <summary>The stores outside the data folder, the journal's store first.</summary>
    public required IReadOnlyList<StoreInfo> Stores { get; init; }

    /// <summary>The servers of the site; empty if there is only one.</summary>
    public required IReadOnlyList<SiteServerInfo> Servers { get; init; }
}

/// <summary>A store that the site uses.</summary>
public sealed record StoreInfo
{
    /// <summary>Kind of store: `PostgreSQL`, `object store`.</summary>
    public required string Name { get; init; }

    /// <summary>Its address, without secrets.</summary>
    public required string Where { get; init; }

    /// <summary>Response time in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>Reason why it cannot be used; absent if it responded.</summary>
    public string? Trouble { get; init; }
}

/// <summary>A server of the site.</summary>
public sealed record SiteServerInfo
{
    /// <summary>Its id, stored in its data folder: 32 hex digits.</summary>
    public required string Id { get; init; }

    /// <summary>The name of its machine.</summary>
    public required string Name { get; init; }

    /// <summary>Its address for the other servers; absent if it reported none, so that they cannot connect.</summary>
    public string? Address { get; init; }

    /// <summary>
    /// <c>ok</c>; <c>failed</c>: it cannot write until its next start; <c>silent</c>: the others have not heard from it for ten seconds;
    /// <c>unreachable</c>: it runs, but does not respond to the server that was asked.
    /// </summary>
    public required string State { get; init; }

    /// <summary>Reason why it is not <c>ok</c>, if known.</summary>
    public string? Trouble { get; init; }

    /// <summary>Its version. This and all further fields except jobs are absent while it does not respond.</summary>
    public string? Version { get; init; }

    public DateTimeOffset? Started { get; init; }

    /// <summary>Records in the journal that it had not applied yet.</summary>
    public long? RecordsBehind { get; init; }

    /// <summary>Datasets to which captures wrote through it in the last ten minutes.</summary>
    public int? Captures { get; init; }

    /// <summary>The facility's folders that it watches.</summary>
    public IReadOnlyList<string>? Watched { get; init; }

    /// <summary>The jobs that it does for all servers, by name: it holds their leases.</summary>
    public required IReadOnlyList<string> Jobs { get; init; }

    /// <summary>True for the responding server.</summary>
    public required bool IsThis { get; init; }

    /// <summary>Seconds since the others heard from it. After a minute of silence it is excluded.</summary>
    public required double SilentSeconds { get; init; }
}
