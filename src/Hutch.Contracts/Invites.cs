namespace Hutch.Contracts;

/// <summary>An invite to a dataset or a group, without its code.</summary>
public sealed record InviteInfo
{
    /// <summary>Public part of the invite; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>Subject: <c>dataset:UUID</c> or <c>group:NAME</c>.</summary>
    public required string Target { get; init; }

    /// <summary>Name of the dataset, <c>owner/slug</c>, or of the group.</summary>
    public required string Name { get; init; }

    /// <summary>Offer: a right on the dataset, or <c>member</c> or <c>manager</c> of the group.</summary>
    public required string Right { get; init; }

    /// <summary>Note from its creator.</summary>
    public string? Note { get; init; }

    /// <summary>Address to which it was mailed.</summary>
    public string? Email { get; init; }

    public required DateTimeOffset Created { get; init; }

    /// <summary>User who created it.</summary>
    public required string By { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>Number of accounts that can accept it.</summary>
    public required int Uses { get; init; }

    /// <summary>Number of accounts that accepted it.</summary>
    public required int Used { get; init; }

    /// <summary>Time of revocation, if any.</summary>
    public DateTimeOffset? Revoked { get; init; }

    /// <summary>True if it can still be accepted.</summary>
    public bool Open { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record CreateInvite
{
    /// <summary>
    /// Dataset: <c>view</c>, <c>read</c> (default), <c>derive</c>, <c>write</c> or <c>manage</c>. Group: <c>member</c> (default) or
    /// <c>manager</c>.
    /// </summary>
    public string? Right { get; init; }

    /// <summary>Lifetime in seconds. Default: 7 days.</summary>
    public long? ExpiresIn { get; init; }

    /// <summary>Number of accounts that can accept it. Default: 1.</summary>
    public int? Uses { get; init; }

    /// <summary>Note for the recipient.</summary>
    public string? Note { get; init; }

    /// <summary>Address to mail it to, if the server sends mail.</summary>
    public string? Email { get; init; }
}

/// <summary>A new invite. The code is shown only here.</summary>
public sealed record CreatedInvite
{
    /// <summary>Public part of the invite; revoke it by this id.</summary>
    public required string Id { get; init; }

    /// <summary>Code that accepts it.</summary>
    public required string Code { get; init; }

    /// <summary>Page for accepting it, with the code after <c>#</c>.</summary>
    public required string Url { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => $"{nameof(CreatedInvite)} {Id}";
}

/// <summary>An invite, by its code.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record InviteCode
{
    public required string Code { get; init; }

    /// <summary>Never the code.</summary>
    public override string ToString() => nameof(InviteCode);
}

/// <summary>Accepts an invite, either as the caller or, with user and password, for a new account.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcceptInvite
{
    public required string Code { get; init; }

    /// <summary>Login name of the account to create; absent: accept as the caller.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Neither code nor password.</summary>
    public override string ToString() => nameof(AcceptInvite);
}
