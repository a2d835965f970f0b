using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>How one can log in at this server.</summary>
public sealed record LoginMethods
{
    /// <summary>Whether with a name and a password.</summary>
    public required bool Password { get; init; }

    /// <summary>The OpenID providers, one a button.</summary>
    public IReadOnlyList<OpenIdMethod> Oidc { get; init; } = [];

    /// <summary>Whether a forgotten password can be reset by mail.</summary>
    public required bool Mail { get; init; }
}

/// <summary>An OpenID provider with which one can log in.</summary>
public sealed record OpenIdMethod
{
    /// <summary>Its name in `/login/oidc/{provider}`.</summary>
    public required string Id { get; init; }

    /// <summary>What the button says.</summary>
    public required string Label { get; init; }
}

/// <summary>Logs in with a password.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasswordLogin
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    /// <summary>The password.</summary>
    public required string Password { get; init; }

    /// <summary>Never the password.</summary>
    public override string ToString() => $"{nameof(PasswordLogin)} {User}";
}

/// <summary>Logs in with a one-time link.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CodeLogin
{
    /// <summary>What stands behind `#code=` in the link.</summary>
    public required string Code { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => nameof(CodeLogin);
}

/// <summary>Asks for a one-time link by mail.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ResetLogin
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }
}

/// <summary>Opens a share link.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record ShareLogin
{
    /// <summary>The secret of the share link.</summary>
    public required string Token { get; init; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(ShareLogin);
}

/// <summary>A session of a browser; its secret is in the cookie `hutch_session`.</summary>
public sealed record SessionInfo
{
    /// <summary>Its public part.</summary>
    public required string Id { get; init; }

    /// <summary>Login name; absent for a session that came from a share link.</summary>
    public string? User { get; init; }

    /// <summary>The one dataset it sees; absent for an account's.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>When it ends, however much it is used.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Whether the account has no password yet, and should get one now.</summary>
    public bool MustSetPassword { get; init; }
}

/// <summary>A session in the list of one's own.</summary>
public sealed record LoginSessionInfo
{
    /// <summary>Its public part.</summary>
    public required string Id { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it was last used, to the minute.</summary>
    public required DateTimeOffset LastUsed { get; init; }

    /// <summary>When it ends, however much it is used.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>How it began: `password`, `login-link`, `openid` or `invite`.</summary>
    public required string Way { get; init; }

    /// <summary>Where it began.</summary>
    public string? Address { get; init; }

    /// <summary>What the browser called itself.</summary>
    public string? Agent { get; init; }

    /// <summary>Whether it is the one that asks.</summary>
    public bool Current { get; init; }
}

/// <summary>Sets one's own password.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetPassword
{
    /// <summary>The one so far; not needed right after a one-time link.</summary>
    public string? Current { get; init; }

    /// <summary>The new one.</summary>
    public required string New { get; init; }

    /// <summary>Never a password.</summary>
    public override string ToString() => nameof(SetPassword);
}

/// <summary>Changes one's own profile; what is absent stays.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchMe
{
    /// <summary>Name for people; empty clears it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>
    /// Where mail goes; empty clears it. Whoever reads mail there can reset the password: it is changed with the password only.
    /// </summary>
    public string? Email { get; init; }

    /// <summary>The password so far, to change the mail address; absent when the account has none, and then only in a session.</summary>
    public string? Current { get; init; }
}

/// <summary>A new one-time link, shown only here.</summary>
public sealed record CreatedLoginLink
{
    /// <summary>The address to open in a browser. What stands behind `#` never reaches a server's log.</summary>
    public required string Url { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Expires { get; init; }
}
