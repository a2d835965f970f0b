namespace Hutch.Contracts;

/// <summary>An account.</summary>
public sealed record UserInfo
{
    /// <summary>Login name.</summary>
    public required string Name { get; init; }

    /// <summary>Full name.</summary>
    public string? DisplayName { get; init; }

    public string? Email { get; init; }

    /// <summary>Roles; <c>operator@SITE</c> and <c>site-admin@SITE</c> are roles for a site that has joined the zone.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>True if the account is disabled and all its tokens are refused.</summary>
    public bool Disabled { get; init; }

    /// <summary>Number of datasets it owns.</summary>
    public long Datasets { get; init; }

    /// <summary>Users and groups for which it can create datasets; absent: none.</summary>
    public IReadOnlyList<string>? CreatesFor { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>
    /// Last login in a browser; absent if no session of the account is kept. Sessions are kept for 30 days after their end.
    /// </summary>
    public DateTimeOffset? LastLogin { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateUser
{
    /// <summary>Login name: lower-case letters, digits and dashes.</summary>
    public required string Name { get; init; }

    /// <summary>Full name.</summary>
    public string? DisplayName { get; init; }

    public string? Email { get; init; }

    /// <summary>Roles, for a site that has joined the zone as <c>operator@SITE</c>. Default: <c>user</c>.</summary>
    public IReadOnlyList<string>? Roles { get; init; }
}

/// <summary>A new account and its first token. The token is shown only here.</summary>
public sealed record CreatedUser
{
    /// <summary>Login name.</summary>
    public required string Name { get; init; }

    /// <summary>The token. Give it to the user over a secure channel.</summary>
    public required string Token { get; init; }

    /// <summary>End of the token; absent for none.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>Changes an account; absent fields stay as they are.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchUser
{
    /// <summary>Disable the account, refusing all its tokens, or enable it again.</summary>
    public bool? Disabled { get; init; }

    /// <summary>The new roles, which replace all present ones.</summary>
    public IReadOnlyList<string>? Roles { get; init; }

    /// <summary>
    /// The users and groups for which it can create datasets (<c>dataset.create-for</c>). They own these datasets without confirmation, and
    /// the account may write.
    /// </summary>
    public IReadOnlyList<string>? CreatesFor { get; init; }

    /// <summary>Full name; empty clears it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Mail address; empty clears it.</summary>
    public string? Email { get; init; }
}

/// <summary>Links an account to an identity at a login provider.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LinkIdentity
{
    /// <summary>The stable id of the person there: the claim <c>sub</c>.</summary>
    public required string Subject { get; init; }
}
