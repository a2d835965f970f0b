namespace Hutch.Contracts;

/// <summary>Transfers everything that an account owns to another account or a group.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HandOver
{
    /// <summary>Login name of the new owner, or <c>@GROUP</c>.</summary>
    public required string To { get; init; }
}

/// <summary>Result of the transfer.</summary>
public sealed record HandOverInfo
{
    /// <summary>Transferred datasets.</summary>
    public required int Datasets { get; init; }

    /// <summary>Transferred rights on datasets of other owners.</summary>
    public required int Grants { get; init; }

    /// <summary>Transferred share links.</summary>
    public required int Links { get; init; }

    /// <summary>Transferred invites.</summary>
    public required int Invites { get; init; }

    /// <summary>Groups that the new owner now manages, because they had no other manager.</summary>
    public required int Groups { get; init; }
}
