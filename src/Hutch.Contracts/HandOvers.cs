namespace Hutch.Contracts;

/// <summary>Transfers everything that an account owns to another account or a group.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HandOver
{
    /// <summary>Login name of the new owner, or <c>@GROUP</c>.</summary>
    public required string To { get; init; }

    /// <summary>True to list the datasets and change nothing.</summary>
    public bool DryRun { get; init; }
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

    /// <summary>With <c>dryRun</c>: the first 1000 datasets; the other numbers are then 0.</summary>
    public IReadOnlyList<HandOverItem>? Items { get; init; }
}

/// <summary>A dataset that a transfer would give.</summary>
public sealed record HandOverItem
{
    public required DatasetId Id { get; init; }

    /// <summary><c>OWNER/NAME</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its title; null for none.</summary>
    public string? Title { get; init; }

    /// <summary><c>open</c>, <c>closed</c>, <c>trash</c> or <c>gone</c>.</summary>
    public required string State { get; init; }

    public required long Files { get; init; }

    public required long Bytes { get; init; }
}
