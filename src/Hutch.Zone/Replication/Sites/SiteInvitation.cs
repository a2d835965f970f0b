using System.Collections.Immutable;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Replication.Sites;

/// <param name="Key">The only key that may join with it; null for any.</param>
/// <param name="Lifetime">The life of the invite; null for a day.</param>
public sealed record SiteInvitation(string Name, ImmutableSortedDictionary<string, string> Labels, BlobHash? Key, TimeSpan? Lifetime)
{
    /// <summary>The accounts for which the site may bring datasets; null for none.</summary>
    public AccountMap? Accounts { get; init; }

    /// <summary>True to take back the site with this name, whose server has lost its membership or its key.</summary>
    public bool IsReturn { get; init; }
}

/// <summary>A new invite with its secret, which is shown once.</summary>
public sealed record IssuedSiteInvite(SiteInviteRecord Invite, IssuedSecret Secret);

public sealed record KnownSites(IReadOnlyList<SiteRecord> Sites, IReadOnlyList<SiteInviteRecord> Invites)
{
    /// <summary>The number of remaining datasets at each draining site, by its id.</summary>
    public IReadOnlyDictionary<string, long> Left { get; init; } = new Dictionary<string, long>();
}

/// <summary>The datasets that a site still has or is to have.</summary>
/// <param name="First">The first datasets, beginning with those that no other site has.</param>
public sealed record RemainingAtSite(long Datasets, IReadOnlyList<RemainingDataset> First);
