namespace Hutch.Model.Contracts;

/// <summary>Who the caller is to the server.</summary>
public sealed record CallerInfo
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    /// <summary>Name for people.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Roles: <c>user</c>, <c>operator</c>, <c>site-admin</c>, <c>auditor</c>, <c>administrator</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Names of the groups the caller is in.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    /// <summary>Where mail goes.</summary>
    public string? Email { get; init; }

    /// <summary>The token that was used; absent for a share link and for a browser's session.</summary>
    public TokenInfo? Token { get; init; }

    /// <summary>The browser's session; absent when there is none.</summary>
    public SessionInfo? Session { get; init; }
}
