namespace Hutch.Contracts;

/// <summary>Identity of a server: the first request of a client.</summary>
public sealed record ServerInfo
{
    /// <summary>Always <c>hutch</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the server, <c>major.minor.patch</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Name of the site.</summary>
    public required string Site { get; init; }

    /// <summary>
    /// Id of the zone, which is part of its tokens: <c>hutch_ZONE_ID_SECRET</c>. A zone can have several addresses; its id survives a move
    /// of the data folder and a restore. Absent: a server from before zones had ids.
    /// </summary>
    public string? Zone { get; init; }

    /// <summary>At a site: the portal of its zone, where people log in; absent elsewhere.</summary>
    public string? ZonePortal { get; init; }

    /// <summary>The address of the portal for people. Absent: none was set, and links have the address of the request.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>The address of the S3 door for people; absent if none was set.</summary>
    public string? S3Url { get; init; }

    /// <summary>The address of a JupyterHub that opens datasets; absent if none was set.</summary>
    public string? JupyterHub { get; init; }

    /// <summary>The address where people download the `hutch` client; absent if none was set.</summary>
    public string? ClientUrl { get; init; }

    /// <summary>The operator's programs that open datasets and files, beside those that the portal knows.</summary>
    public IReadOnlyList<OpenWithInfo> OpenWith { get; init; } = [];

    /// <summary>True if it serves datasets to git and DataLad.</summary>
    public bool Git { get; init; }

    /// <summary>Version of the interface: <c>v1</c>.</summary>
    public required string Api { get; init; }
}
