namespace Hutch.Contracts;

/// <summary>An offer to transfer a dataset to a new owner. The transfer happens when the new owner accepts.</summary>
public sealed record OfferInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of the dataset, <c>owner/slug</c>, until the offer is accepted.</summary>
    public required string Name { get; init; }

    public string? Title { get; init; }

    /// <summary>Number of files that will count for the new owner.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes that will count for the new owner.</summary>
    public required long Bytes { get; init; }

    /// <summary>Receiver: <c>user:NAME</c>, or <c>group:NAME</c>, whose managers can accept.</summary>
    public required string To { get; init; }

    /// <summary>User who offers it.</summary>
    public required string By { get; init; }

    /// <summary>Time of the offer.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The right that the giver keeps, by a grant to their account or to one of their groups; absent: none.</summary>
    public string? GiverKeeps { get; init; }

    /// <summary>The rights on the dataset that remain after acceptance.</summary>
    public required IReadOnlyList<GrantInfo> Grants { get; init; }

    /// <summary>Reason why it cannot be accepted now: the receiver's quota. Absent: it can.</summary>
    public string? Hindrance { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcceptOffer
{
    /// <summary>New short name of the dataset, if the new owner already uses the present one. Default: unchanged.</summary>
    public string? Slug { get; init; }
}
