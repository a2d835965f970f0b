namespace Hutch.Client;

/// <summary>The sites of the zone.</summary>
public static class SiteCalls
{
    extension(HutchClient client)
    {
        public Task<SiteList> GetSitesAsync(CancellationToken ct = default) => client.CallAsync(RestCalls.Sites.List.At(), ct);

        /// <summary>Invites a site; the token is shown once.</summary>
        public Task<InvitedSite> InviteSiteAsync(InviteSite invite, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.Invite.At(), invite, ct);

        public Task<ZoneSiteInfo> LabelSiteAsync(string site, LabelSite labels, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.SetLabels.At(site), labels, ct);

        public Task<ZoneSiteInfo> SetSitePortalAsync(string site, SetSitePortal portal, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.SetPortal.At(site), portal, ct);

        /// <summary>Marks a site as trusted, or removes the mark.</summary>
        public Task<ZoneSiteInfo> TrustSiteAsync(string site, TrustSite trust, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.SetTrust.At(site), trust, ct);

        public Task<SiteTermsInfo> ChangeSiteTermsAsync(string site, ChangeSiteTerms terms, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.ChangeTerms.At(site), terms, ct);

        /// <summary>Lists a page of differences between the data of a site and the zone's view of it.</summary>
        public Task<SiteDifferenceList> GetSiteDifferencesAsync(
            string site, string? after = null, int? limit = null, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.ListDifferences.At(site).With("after", after).With("limit", limit), ct);

        /// <summary>Lists the remaining data of a site that is being drained, and its assigned copies.</summary>
        public Task<SiteLeftList> GetSiteLeftAsync(string site, int? limit = null, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.ListLeft.At(site).With("limit", limit), ct);

        /// <summary>Removes a site, or withdraws its invite; when forced, also one that has what no other site has.</summary>
        public Task RemoveSiteAsync(string site, bool force = false, CancellationToken ct = default) =>
            client.DoAsync(RestCalls.Sites.Remove.At(site).With("force", force), ct);

        public Task<ComingCopyList> GetComingCopiesAsync(int? limit = null, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.ListComing.At().With("limit", limit), ct);

        public Task<CopyList> GetCopiesAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.List.At(dataset), ct);

        public Task<CopyList> RequestCopyAsync(DatasetId dataset, AskCopy wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.Request.At(dataset), wanted, ct);

        /// <summary>Takes back that a site has a copy of a dataset: it is released unless a rule wants it.</summary>
        public Task<CopyList> WithdrawCopyAsync(DatasetId dataset, string site, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.Withdraw.At(dataset, site), ct);

        public Task<CopyList> MoveHomeAsync(DatasetId dataset, MoveHome wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.MoveHome.At(dataset), wanted, ct);

        /// <summary>Returns the eviction state of a dataset. Ask its home.</summary>
        public Task<EvictionInfo> GetEvictionAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.FindEviction.At(dataset), ct);

        /// <summary>Has the home of a dataset give up its bytes when other sites hold them.</summary>
        public Task<EvictionInfo> EvictAsync(DatasetId dataset, EvictDataset wanted, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.Evict.At(dataset), wanted, ct);

        /// <summary>Ends a dataset at every site of the zone.</summary>
        public Task<PurgeInfo> OrderPurgeAsync(OrderPurge order, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.OrderPurge.At(), order, ct);

        /// <summary>Lists purges at all sites, the newest first.</summary>
        /// <param name="onlyOpen">True for only those that a site has not carried out yet.</param>
        public IAsyncEnumerable<PurgeInfo> ListPurgesAsync(bool onlyOpen = false, CancellationToken ct = default) =>
            client.ListAsync(RestCalls.Sites.ListPurges.At().With("open", onlyOpen), ct);

        /// <summary>Has the home of a dataset bring its bytes back.</summary>
        public Task<EvictionInfo> RecallAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Copies.RecallEvicted.At(dataset), ct);

        public Task<JoinPlanInfo> PlanJoinAsync(JoinZone join, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.PlanJoin.At(), join, ct);

        public Task<JoinedZoneInfo> JoinZoneAsync(JoinZone join, CancellationToken ct = default) =>
            client.CallAsync(RestCalls.Sites.Join.At(), join, ct);
    }
}
