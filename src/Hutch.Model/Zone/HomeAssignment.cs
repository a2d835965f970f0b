namespace Hutch.Model.Zone;

/// <summary>
/// The zone's grant of a dataset's home to a site. The zone signs it, and sites retain it. A restored zone recognizes its own signature, no
/// matter which site presents it.
/// </summary>
public sealed record HomeAssignment(DatasetId Dataset, string SiteId, long Epoch, BlobHash Base, string PreviousId)
{
    /// <summary>
    /// True if the previous home was declared lost and has not released it: the new one begins with the history that it has.
    /// </summary>
    public bool IsLost { get; init; }

    /// <summary>The grant in a row of the zone; null if the epoch did not begin with a move.</summary>
    public static HomeAssignment? From(DatasetId dataset, HomeRecord home)
    {
        return home is { Base: { } from, PreviousId: { } previous }
            ? new HomeAssignment(dataset, home.SiteId, home.Epoch, from, previous) { IsLost = home.BeganLost }
            : null;
    }
}
