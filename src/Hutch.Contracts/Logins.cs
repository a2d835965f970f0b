namespace Hutch.Contracts;

/// <summary>The ways to log in to this server.</summary>
public sealed record LoginMethods
{
    /// <summary>True if login by name and password is available.</summary>
    public required bool Password { get; init; }

    /// <summary>OpenID providers, one button each.</summary>
    public IReadOnlyList<OpenIdMethod> Oidc { get; init; } = [];

    /// <summary>True if a forgotten password can be reset by mail.</summary>
    public required bool Mail { get; init; }
}

public sealed record OpenIdMethod
{
    /// <summary>Id in <c>/login/oidc/{provider}</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Text of the button.</summary>
    public required string Label { get; init; }
}

/// <summary>Logs in with a password.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PasswordLogin
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    public required string Password { get; init; }

    /// <summary>Never the password.</summary>
    public override string ToString() => $"{nameof(PasswordLogin)} {User}";
}

/// <summary>Logs in with a one-time link.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CodeLogin
{
    /// <summary>The code after <c>#code=</c> in the link.</summary>
    public required string Code { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => nameof(CodeLogin);
}

/// <summary>Requests a one-time link by mail.</summary>
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
    /// <summary>Secret of the share link.</summary>
    public required string Token { get; init; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(ShareLogin);
}

/// <summary>A browser session. Its secret is in the cookie <c>hutch_session</c>.</summary>
public sealed record SessionInfo
{
    /// <summary>Public part of the session.</summary>
    public required string Id { get; init; }

    /// <summary>Login name; absent for a session opened with a share link.</summary>
    public string? User { get; init; }

    /// <summary>The one dataset it can see; absent for the session of an account.</summary>
    public DatasetId? Dataset { get; init; }

    /// <summary>The instrument whose running visit it can see, for a screen at the instrument; otherwise absent.</summary>
    public string? Instrument { get; init; }

    /// <summary>End, regardless of use.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>True if the account has no password yet and should set one now.</summary>
    public bool MustSetPassword { get; init; }
}

/// <summary>One of the sessions of the caller.</summary>
public sealed record LoginSessionInfo
{
    /// <summary>Public part of the session; end it by this id.</summary>
    public required string Id { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>Time of the last use, to the minute.</summary>
    public required DateTimeOffset LastUsed { get; init; }

    /// <summary>End, regardless of use.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Way of login: <c>password</c>, <c>login-link</c>, <c>openid</c>, <c>invite</c>, or <c>zone</c> at a site.</summary>
    public required string Way { get; init; }

    /// <summary>Network address at login.</summary>
    public string? Address { get; init; }

    public string? Agent { get; init; }

    /// <summary>True for the session of this request.</summary>
    public bool Current { get; init; }
}

/// <summary>Sets the password of the caller.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SetPassword
{
    /// <summary>The current password; not needed right after a one-time link.</summary>
    public string? Current { get; init; }

    public required string New { get; init; }

    /// <summary>Never a password.</summary>
    public override string ToString() => nameof(SetPassword);
}

/// <summary>Changes the profile of the caller; absent fields stay as they are.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PatchMe
{
    /// <summary>Full name; empty clears it.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Mail address; empty clears it. A change needs the password, because a reader of this mail can reset the password.</summary>
    public string? Email { get; init; }

    /// <summary>The current password, needed to change the mail address. An account without one must use a session.</summary>
    public string? Current { get; init; }
}

/// <summary>A new one-time link. It is shown only here.</summary>
public sealed record CreatedLoginLink
{
    /// <summary>
    /// URL for a browser; of a link for the caller, relative to the server's address where the server knows no public one. The part after
    /// <c>#</c> never reaches a server log.
    /// </summary>
    public required string Url { get; init; }

    public required DateTimeOffset Expires { get; init; }
}
