using System.Text.Json.Serialization;

namespace Hutch.Model.Contracts;

/// <summary>An invite to a dataset or a group, without its code.</summary>
public sealed record InviteInfo
{
    /// <summary>Its public part, by which it is withdrawn.</summary>
    public required string Id { get; init; }

    /// <summary>To what: `dataset:UUID` or `group:NAME`.</summary>
    public required string Target { get; init; }

    /// <summary>Its name: `owner/slug`, or that of the group.</summary>
    public required string Name { get; init; }

    /// <summary>What it gives: a right on the dataset, or `member` or `manager` of the group.</summary>
    public required string Right { get; init; }

    /// <summary>A line from who made it.</summary>
    public string? Note { get; init; }

    /// <summary>Where it was mailed to.</summary>
    public string? Email { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Who made it.</summary>
    public required string By { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>How many accounts may accept it.</summary>
    public required int Uses { get; init; }

    /// <summary>How many have.</summary>
    public required int Used { get; init; }

    /// <summary>When it was withdrawn; absent when it was not.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>Whether it can still be accepted.</summary>
    public bool Open { get; init; }
}

/// <summary>Asks for an invite.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateInvite
{
    /// <summary>
    /// To a dataset: `view`, `read` (when absent), `derive`, `write` or `manage`; to a group: `member` (when absent) or `manager`.
    /// </summary>
    public string? Right { get; init; }

    /// <summary>Life in seconds; 7 days when absent.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>How many accounts may accept it; one when absent.</summary>
    public int? Uses { get; init; }

    /// <summary>A line for who gets it.</summary>
    public string? Note { get; init; }

    /// <summary>Where to mail it, when the server sends mail.</summary>
    public string? Email { get; init; }
}

/// <summary>A new invite; its code is shown only here.</summary>
public sealed record CreatedInvite
{
    /// <summary>Its public part, by which it is withdrawn.</summary>
    public required string Id { get; init; }

    /// <summary>What accepts it.</summary>
    public required string Code { get; init; }

    /// <summary>The page that accepts it, with the code behind `#`.</summary>
    public required string Url { get; init; }

    /// <summary>When it ends.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => $"{nameof(CreatedInvite)} {Id}";
}

/// <summary>Names an invite by its code.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InviteCode
{
    /// <summary>The code.</summary>
    public required string Code { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => nameof(InviteCode);
}

/// <summary>Accepts an invite; with user and password, for a new account that is made with it.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcceptInvite
{
    /// <summary>The code.</summary>
    public required string Code { get; init; }

    /// <summary>Login name of the account to make; absent to accept as who one is.</summary>
    public string? User { get; init; }

    /// <summary>Its password.</summary>
    public string? Password { get; init; }

    /// <summary>Neither code nor password.</summary>
    public override string ToString() => nameof(AcceptInvite);
}
