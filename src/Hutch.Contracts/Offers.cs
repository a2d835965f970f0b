using System.Text.Json.Serialization;
using Hutch.Model;

namespace Hutch.Contracts;

/// <summary>A dataset that its owner offers to somebody, who owns it once they accept.</summary>
public sealed record OfferInfo
{
    public required DatasetId Dataset { get; init; }

    /// <summary>Name of the dataset, <c>owner/slug</c>, as it is until the offer is accepted.</summary>
    public required string Name { get; init; }

    public string? Title { get; init; }

    /// <summary>Number of files that will count for the new owner.</summary>
    public required long Files { get; init; }

    /// <summary>Bytes that will count for the new owner.</summary>
    public required long Bytes { get; init; }

    /// <summary>Who may accept it: <c>user:NAME</c>, or <c>group:NAME</c> for its managers.</summary>
    public required string To { get; init; }

    /// <summary>Who offers it.</summary>
    public required string By { get; init; }

    /// <summary>Since when.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The right that the giver keeps, by a grant to their account or to one of their groups; absent: none.</summary>
    public string? GiverKeeps { get; init; }

    /// <summary>The rights on the dataset that stay after it is accepted.</summary>
    public required IReadOnlyList<GrantInfo> Grants { get; init; }

    /// <summary>Why it cannot be accepted now: the receiver's quota. Absent: it can.</summary>
    public string? Hindrance { get; init; }
}

/// <summary>Accepts an offer.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record AcceptOffer
{
    /// <summary>What the dataset is called from now on, if the new owner has one of its name. Default: as before.</summary>
    public string? Slug { get; init; }
}
