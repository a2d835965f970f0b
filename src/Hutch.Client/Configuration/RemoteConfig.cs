namespace Hutch.Client.Configuration;

/// <summary>What the user's configuration knows of one server.</summary>
public sealed record RemoteConfig
{
    /// <summary>The token to use there.</summary>
    public string? Token { get; init; }

    /// <summary>A PEM file with the authority that vouches for the server; null for those that this machine knows.</summary>
    public string? Ca { get; init; }

    /// <summary>The SHA-256 of the server's own certificate, which is trusted; null for none.</summary>
    public string? Fingerprint { get; init; }
}
