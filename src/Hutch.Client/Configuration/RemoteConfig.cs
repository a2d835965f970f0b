namespace Hutch.Client.Configuration;

/// <summary>What the user's configuration knows of one server.</summary>
public sealed record RemoteConfig
{
    /// <summary>The token to use there.</summary>
    public string? Token { get; init; }
}
