namespace Hutch.Contracts;

/// <summary>The server at an address: the first thing a client asks for.</summary>
public sealed record ServerInfo
{
    /// <summary>Always <c>hutch</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the server, <c>major.minor.patch</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Name of the site.</summary>
    public required string Site { get; init; }

    /// <summary>
    /// Id of the zone, which names its tokens: <c>hutch_ZONE_ID_SECRET</c>. Several addresses may be of one zone; it stays when the data
    /// folder is moved or restored from a backup. Absent: a server from before zones had ids.
    /// </summary>
    public string? Zone { get; init; }

    /// <summary>Version of the interface: <c>v1</c>.</summary>
    public required string Api { get; init; }
}
