namespace Hutch.Contracts;

/// <summary>The caller, as the server knows it.</summary>
public sealed record CallerInfo
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    /// <summary>Full name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Roles: <c>user</c>, <c>operator</c>, <c>site-admin</c>, <c>auditor</c>, <c>administrator</c>.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    public IReadOnlyList<string> Groups { get; init; } = [];

    public string? Email { get; init; }

    /// <summary>The token used; absent for share links and browser sessions.</summary>
    public TokenInfo? Token { get; init; }

    /// <summary>The browser session, if there is one.</summary>
    public SessionInfo? Session { get; init; }
}
