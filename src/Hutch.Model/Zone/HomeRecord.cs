namespace Hutch.Model.Zone;

/// <summary>Where a dataset is at home: the one site that orders its writes.</summary>
/// <param name="SiteId">The site; the site beside the zone has the id of the zone.</param>
/// <param name="Epoch">Counts the homes that the dataset has had, from 1. At most one site accepts writes in an epoch. 0 at the
/// site where it was made while the zone could not be reached, until that knows it.</param>
public sealed record HomeRecord(string SiteId, long Epoch)
{
    /// <summary>No dataset has moved as often: a higher epoch is a lie, which would leave no room for a true one.</summary>
    public const long MaxEpoch = 1L << 40;

    /// <summary>What the zone's signature begins with where the home before was declared lost.</summary>
    public const string LostProof = "lost ";

    /// <summary>The history with which this epoch began; null for the first home.</summary>
    public BlobHash? Base { get; init; }

    /// <summary>The site that is to be the home next; null while none is.</summary>
    public string? NextId { get; init; }

    /// <summary>The history with which the home has given up, for the next to begin with; null while it accepts writes.</summary>
    public BlobHash? Released { get; init; }

    /// <summary>The site that was the home before; null for the first home.</summary>
    public string? PreviousId { get; init; }

    /// <summary>What the home has signed as it gave up, or the one before this epoch; null where nobody has.</summary>
    public string? ReleaseProof { get; init; }

    /// <summary>What the zone has signed as it gave this epoch to this home; null for the first home.</summary>
    public string? GrantProof { get; init; }

    /// <summary>Whether this epoch began as the home before was declared lost: what the zone has signed then says so.</summary>
    public bool BeganLost => GrantProof?.StartsWith(LostProof, StringComparison.Ordinal) == true;

    /// <summary>Why the home could not give up when it was last asked, or waits; null when it could.</summary>
    public string? Problem { get; init; }

    /// <summary>Until when the home can restore it from its trash; null when it is not there.</summary>
    public DateTimeOffset? TrashedUntil { get; init; }

    /// <summary>When the home ended its bytes; null while they are there.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether nobody reads it any more, at any site: it is in the trash of its home, or has ended there.</summary>
    public bool IsOver => TrashedUntil is not null || EndedAt is not null;
}
