namespace Hutch.Contracts;

/// <summary>Items that need your attention, except offers and requests.</summary>
public sealed record ToDoInfo
{
    /// <summary>Temporary datasets of you and of groups that you manage, which expire within a week; by owner and day.</summary>
    public required IReadOnlyList<ExpiringInfo> Expiring { get; init; }

    /// <summary>Copies of these owners' datasets that failed or were refused, the oldest first; empty at joined sites.</summary>
    public required IReadOnlyList<ComingCopyInfo> FailedCopies { get; init; }
}

/// <summary>Temporary datasets of an owner that expire on one day, in UTC.</summary>
public sealed record ExpiringInfo
{
    /// <summary>User or group.</summary>
    public required string Owner { get; init; }

    /// <summary>One of them.</summary>
    public required DatasetId Dataset { get; init; }

    /// <summary>Its name, OWNER/SLUG.</summary>
    public required string Name { get; init; }

    /// <summary>Time when the first of them expires.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>Number of datasets.</summary>
    public required long Count { get; init; }
}
