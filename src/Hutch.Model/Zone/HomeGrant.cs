namespace Hutch.Model.Zone;

/// <summary>
/// That a zone has made a site the home of a dataset. The zone signs it, and sites keep it: a zone that was restored believes itself,
/// whoever brings its word.
/// </summary>
/// <param name="SiteId">The home.</param>
/// <param name="Epoch">Since which epoch.</param>
/// <param name="Base">The history with which the epoch began.</param>
/// <param name="PreviousId">The home before.</param>
public sealed record HomeGrant(DatasetId Dataset, string SiteId, long Epoch, BlobHash Base, string PreviousId)
{
    /// <summary>Whether the home before was declared lost, and has not given up: the new one begins with what it has.</summary>
    public bool IsLost { get; init; }

    /// <summary>The grant that a row of the zone tells of; null where the epoch did not begin with a move.</summary>
    public static HomeGrant? Of(DatasetId dataset, HomeRecord home)
    {
        ArgumentNullException.ThrowIfNull(home);
        return home is { Base: { } from, PreviousId: { } previous }
            ? new HomeGrant(dataset, home.SiteId, home.Epoch, from, previous) { IsLost = home.BeganLost }
            : null;
    }
}
