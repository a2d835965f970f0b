using System.Text.Json.Serialization;

namespace Hutch.Contracts;

/// <summary>Hands everything an account owns over to another account or a group.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HandOver
{
    /// <summary>Login name of the new owner, or <c>@GROUP</c>.</summary>
    public required string To { get; init; }
}

/// <summary>What was handed over.</summary>
public sealed record HandOverInfo
{
    /// <summary>Datasets handed over.</summary>
    public required int Datasets { get; init; }

    /// <summary>Rights on datasets of others handed over.</summary>
    public required int Grants { get; init; }

    /// <summary>Share links handed over.</summary>
    public required int Links { get; init; }

    /// <summary>Invites handed over.</summary>
    public required int Invites { get; init; }

    /// <summary>Groups, otherwise left without a manager, that the new owner now manages.</summary>
    public required int Groups { get; init; }
}
