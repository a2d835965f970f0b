using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Site.Replication.Copies;

/// <summary>What the zone says of a dataset of which a copy comes; the home cannot say otherwise.</summary>
/// <param name="Dataset">Its id.</param>
/// <param name="Owner">Who owns it.</param>
/// <param name="Slug">Its name within the owner's.</param>
/// <param name="Home">The fingerprint of the home's key.</param>
/// <param name="Epoch">The epoch in which the home signed the history.</param>
public sealed record CopyTerms(DatasetId Dataset, string Owner, string Slug, BlobHash Home, long Epoch)
{
    /// <summary>Whether the home has deleted it meanwhile: then it goes into the trash of this site at once.</summary>
    public bool IsOver { get; init; }

    /// <summary>What that becomes which is here and was lost on the way to the home; null where nothing was.</summary>
    public ReturnedName? ComesBackAs { get; init; }
}
