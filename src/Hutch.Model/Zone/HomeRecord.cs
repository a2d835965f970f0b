namespace Hutch.Model.Zone;

/// <summary>The home of a dataset: the one site that orders its writes.</summary>
/// <param name="SiteId">The site. The site of the zone's own server has the id of the zone.</param>
/// <param name="Epoch">
/// The number of the home's term, from 1. At most one site accepts writes in an epoch. It is 0 at a site that created the dataset while the
/// zone was unreachable, until the zone knows the dataset.
/// </param>
public sealed record HomeRecord(string SiteId, long Epoch)
{
    /// <summary>The highest epoch. No dataset moves as often: a higher epoch is wrong, and would leave no number for a true one.</summary>
    public const long MaxEpoch = 1L << 40;

    /// <summary>The prefix of the zone's signature if the previous home was declared lost.</summary>
    public const string LostProof = "lost ";

    /// <summary>The history at the beginning of this epoch; null for the first home.</summary>
    public BlobHash? Base { get; init; }

    /// <summary>The next home; null if no move is in progress.</summary>
    public string? NextId { get; init; }

    /// <summary>
    /// The history with which the home was released, which the next home begins with; null while the home accepts writes.
    /// </summary>
    public BlobHash? Released { get; init; }

    /// <summary>The previous home; null for the first home.</summary>
    public string? PreviousId { get; init; }

    /// <summary>The signed release by this home, or by the one before this epoch; null for none.</summary>
    public string? ReleaseProof { get; init; }

    /// <summary>The signed grant of this epoch by the zone; null for the first home.</summary>
    public string? GrantProof { get; init; }

    /// <summary>True if this epoch began because the previous home was declared lost: the zone's signature then says so.</summary>
    public bool BeganLost => GrantProof?.StartsWith(LostProof, StringComparison.Ordinal) == true;

    /// <summary>The reason why the home could not release it at the last request, or waits; null for none.</summary>
    public string? Problem { get; init; }

    /// <summary>The end of its time in the home's trash; null if it is not there.</summary>
    public DateTimeOffset? TrashedUntil { get; init; }

    /// <summary>The time when the home ended its bytes; null while they are there.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>True if it cannot be read at any site: it is in the trash of its home, or has ended there.</summary>
    public bool IsOver => TrashedUntil is not null || EndedAt is not null;
}
