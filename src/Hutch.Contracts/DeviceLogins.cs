namespace Hutch.Contracts;

/// <summary>A login waiting for approval in any browser.</summary>
public sealed record DeviceLoginInfo
{
    /// <summary>Secret for polling its state.</summary>
    public required string Handle { get; init; }

    /// <summary>Code for the user to type there.</summary>
    public required string UserCode { get; init; }

    /// <summary>Page on which to enter the code.</summary>
    public required string VerificationUri { get; init; }

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

/// <summary>The answer of a person to a login of the command line.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AnswerDeviceLogin
{
    /// <summary>The code that the command line shows.</summary>
    public required string Code { get; init; }

    /// <summary>True approves it, false refuses it; absent only shows the asking machine.</summary>
    public bool? Approve { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => nameof(AnswerDeviceLogin);
}

/// <summary>The machine that asks for a login of the command line.</summary>
public sealed record DeviceLoginOriginInfo
{
    /// <summary>Its network address.</summary>
    public required string Address { get; init; }

    /// <summary>Its program, as it says.</summary>
    public required string Agent { get; init; }

    /// <summary>Start of the login.</summary>
    public required DateTimeOffset Begun { get; init; }
}
