using System.Collections.Immutable;
using Hutch.Model;
using Hutch.Model.Sites;
using Hutch.Model.Zone;
using Hutch.Zone.Credentials;

namespace Hutch.Zone.Sites;

/// <summary>What an administrator asks for when a site is invited.</summary>
/// <param name="Name">What it will be called.</param>
/// <param name="Labels">The labels that it will have.</param>
/// <param name="Key">The only key that may join with it; null for any.</param>
/// <param name="Lifetime">How long the invite is good; null for a day.</param>
public sealed record SiteInvitation(string Name, ImmutableSortedDictionary<string, string> Labels, BlobHash? Key, TimeSpan? Lifetime)
{
    /// <summary>The accounts for which it may bring datasets; null for none.</summary>
    public AccountMap? Accounts { get; init; }
}

/// <summary>An invite as it is handed out, once.</summary>
/// <param name="Invite">The invite.</param>
/// <param name="Secret">What proves it.</param>
public sealed record IssuedSiteInvite(SiteInviteRecord Invite, IssuedSecret Secret);

/// <summary>The sites of a zone, and the invites that are still open.</summary>
public sealed record KnownSites(IReadOnlyList<SiteRecord> Sites, IReadOnlyList<SiteInviteRecord> Invites)
{
    /// <summary>How many datasets each site has yet that is being emptied, by its id.</summary>
    public IReadOnlyDictionary<string, long> Left { get; init; } = new Dictionary<string, long>();
}

/// <summary>What a site has yet, or is to have.</summary>
/// <param name="Datasets">How many datasets.</param>
/// <param name="First">The first of them, beginning with what no other site has.</param>
public sealed record LeftAtSite(long Datasets, IReadOnlyList<LeftDataset> First);
