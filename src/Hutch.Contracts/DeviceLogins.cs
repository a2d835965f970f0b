namespace Hutch.Contracts;

/// <summary>Begins a command-line login through an OpenID provider.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartDeviceLogin
{
    /// <summary>Id of the provider; may be omitted if there is only one.</summary>
    public string? Provider { get; init; }
}

/// <summary>A login waiting for approval in any browser.</summary>
public sealed record DeviceLoginInfo
{
    /// <summary>Secret for polling its state.</summary>
    public required string Handle { get; init; }

    /// <summary>Code for the user to type or compare.</summary>
    public required string UserCode { get; init; }

    /// <summary>Page on which to enter the code.</summary>
    public required string VerificationUri { get; init; }

    /// <summary>The same page with the code filled in, if the provider offers it.</summary>
    public string? VerificationUriComplete { get; init; }

    /// <summary>Seconds to wait between polls.</summary>
    public required int Interval { get; init; }

    /// <summary>Time after which the login can no longer be completed.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(DeviceLoginInfo);
}

/// <summary>Asks for the state of a device login. The handle is in the body because URLs end up in logs.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PollDeviceLogin
{
    /// <summary>The secret from its start.</summary>
    public required string Handle { get; init; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(PollDeviceLogin);
}

/// <summary>Result of a device login. The token is shown only here.</summary>
public sealed record DeviceLoginResult
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    public required string Token { get; init; }

    /// <summary>Expiry time of the token.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{nameof(DeviceLoginResult)} {User}";
}
