using Hutch.Model.Zone;

namespace Hutch.Site.Replication.Copies;

/// <summary>The zone's facts about a dataset that is being copied; the home cannot override them.</summary>
/// <param name="Home">The fingerprint of the home's key.</param>
public sealed record CopyTerms(DatasetId Dataset, string Owner, string Slug, BlobHash Home, long Epoch)
{
    /// <summary>True if the home has deleted it in the meantime: then it goes into the trash of this site at once.</summary>
    public bool IsOver { get; init; }

    /// <summary>The new name of changes here that were lost on the way to the home; null where none were.</summary>
    public ReturnedName? ComesBackAs { get; init; }
}
