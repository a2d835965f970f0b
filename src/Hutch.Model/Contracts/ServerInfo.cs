namespace Hutch.Model.Contracts;

/// <summary>The server at an address: the first thing a client asks for.</summary>
public sealed record ServerInfo
{
    /// <summary>Always <c>hutch</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the server, <c>major.minor.patch</c>.</summary>
    public required string Version { get; init; }

    /// <summary>Name of the site.</summary>
    public required string Site { get; init; }

    /// <summary>Version of the interface: <c>v1</c>.</summary>
    public required string Api { get; init; }
}
