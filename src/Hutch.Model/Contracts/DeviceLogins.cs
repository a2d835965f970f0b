using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>Begins a login of the command line through an OpenID provider.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record StartDeviceLogin
{
    /// <summary>Id of the provider; not needed when there is one.</summary>
    public string? Provider { get; init; }
}

/// <summary>A login that waits for somebody to agree in a browser anywhere.</summary>
public sealed record DeviceLoginInfo
{
    /// <summary>A secret by which to ask how it stands.</summary>
    public required string Handle { get; init; }

    /// <summary>What the person types, or compares.</summary>
    public required string UserCode { get; init; }

    /// <summary>The page where.</summary>
    public required string VerificationUri { get; init; }

    /// <summary>The same page with the code in it; absent when the provider gives none.</summary>
    public string? VerificationUriComplete { get; init; }

    /// <summary>Seconds to wait between two questions.</summary>
    public required int Interval { get; init; }

    /// <summary>When it is forgotten.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(DeviceLoginInfo);
}

/// <summary>Asks how such a login stands. In the body, because addresses land in logs.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record PollDeviceLogin
{
    /// <summary>The secret from its beginning.</summary>
    public required string Handle { get; init; }

    /// <summary>Never the secret.</summary>
    public override string ToString() => nameof(PollDeviceLogin);
}

/// <summary>The end of such a login: a token, shown only here.</summary>
public sealed record DeviceLoginResult
{
    /// <summary>Login name.</summary>
    public required string User { get; init; }

    /// <summary>The token.</summary>
    public required string Token { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{nameof(DeviceLoginResult)} {User}";
}
