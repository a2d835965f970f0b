using static Hutch.Client.Http.RestRequest;

namespace Hutch.Client;

/// <summary>The sites of the zone.</summary>
public static class SiteCalls
{
    extension(HutchClient client)
    {
        public Task<SiteList> GetSitesAsync(CancellationToken ct = default) => client.GetAsync("sites", HutchJson.Default.SiteList, ct);

        /// <summary>Invites a site; the token is shown once.</summary>
        public Task<InvitedSite> InviteSiteAsync(InviteSite invite, CancellationToken ct = default) =>
            client.PostAsync("sites", Body(invite, HutchJson.Default.InviteSite), HutchJson.Default.InvitedSite, ct);

        public Task<ZoneSiteInfo> LabelSiteAsync(string site, LabelSite labels, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Put, $"sites/{Uri.EscapeDataString(site)}/labels", Body(labels, HutchJson.Default.LabelSite).ToContent()),
            repeatable: true,
            HutchJson.Default.ZoneSiteInfo,
            ct);

        public Task<ZoneSiteInfo> SetSitePortalAsync(string site, SetSitePortal portal, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Put, $"sites/{Uri.EscapeDataString(site)}/portal", Body(portal, HutchJson.Default.SetSitePortal).ToContent()),
            repeatable: true,
            HutchJson.Default.ZoneSiteInfo,
            ct);

        /// <summary>Marks a site as trusted, or removes the mark.</summary>
        public Task<ZoneSiteInfo> TrustSiteAsync(string site, TrustSite trust, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Put, $"sites/{Uri.EscapeDataString(site)}/trust", Body(trust, HutchJson.Default.TrustSite).ToContent()),
            repeatable: true,
            HutchJson.Default.ZoneSiteInfo,
            ct);

        public Task<SiteTermsInfo> ChangeSiteTermsAsync(
            string site, ChangeSiteTerms terms, CancellationToken ct = default) => client.CallAsync(
            () => Request(
                HttpMethod.Patch, $"sites/{Uri.EscapeDataString(site)}/terms", Body(terms, HutchJson.Default.ChangeSiteTerms).ToContent()),
            repeatable: true,
            HutchJson.Default.SiteTermsInfo,
            ct);

        /// <summary>Lists a page of differences between the data of a site and the zone's view of it.</summary>
        public Task<SiteDifferenceList> GetSiteDifferencesAsync(
            string site, string? after = null, int? limit = null, CancellationToken ct = default) => client.GetAsync(
            $"sites/{Uri.EscapeDataString(site)}/differences" + Query(("after", after), ("limit", limit is { } most ? Number(most) : null)),
            HutchJson.Default.SiteDifferenceList, ct);

        /// <summary>Lists the remaining data of a site that is being drained, and its assigned copies.</summary>
        public Task<SiteLeftList> GetSiteLeftAsync(string site, int? limit = null, CancellationToken ct = default) => client.GetAsync(
            $"sites/{Uri.EscapeDataString(site)}/left" + Query(("limit", limit is { } most ? Number(most) : null)),
            HutchJson.Default.SiteLeftList, ct);

        /// <summary>Removes a site, or withdraws its invite; when forced, also one that has what no other site has.</summary>
        public Task RemoveSiteAsync(string site, bool force = false, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Delete, $"sites/{Uri.EscapeDataString(site)}" + Query(("force", force ? "true" : null))),
            repeatable: true, ct);

        public Task<ComingCopyList> GetComingCopiesAsync(int? limit = null, CancellationToken ct = default) => client.GetAsync(
            "copies" + Query(("limit", limit is { } most ? Number(most) : null)), HutchJson.Default.ComingCopyList, ct);

        public Task<CopyList> GetCopiesAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{dataset}/copies", HutchJson.Default.CopyList, ct);

        public Task<CopyList> RequestCopyAsync(DatasetId dataset, AskCopy wanted, CancellationToken ct = default) => client.PostAsync(
            $"datasets/{dataset}/copies", Body(wanted, HutchJson.Default.AskCopy), HutchJson.Default.CopyList, ct);

        /// <summary>Takes back that a site has a copy of a dataset: it is released unless a rule wants it.</summary>
        public Task<CopyList> WithdrawCopyAsync(DatasetId dataset, string site, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Delete, $"datasets/{dataset}/copies/{Uri.EscapeDataString(site)}"), repeatable: true,
            HutchJson.Default.CopyList, ct);

        public Task<CopyList> MoveHomeAsync(DatasetId dataset, MoveHome wanted, CancellationToken ct = default) => client.PostAsync(
            $"datasets/{dataset}/home", Body(wanted, HutchJson.Default.MoveHome), HutchJson.Default.CopyList, ct);

        /// <summary>Returns the eviction state of a dataset. Ask its home.</summary>
        public Task<EvictionInfo> GetEvictionAsync(DatasetId dataset, CancellationToken ct = default) =>
            client.GetAsync($"datasets/{dataset}/eviction", HutchJson.Default.EvictionInfo, ct);

        /// <summary>Has the home of a dataset give up its bytes when other sites hold them.</summary>
        public Task<EvictionInfo> EvictAsync(DatasetId dataset, EvictDataset wanted, CancellationToken ct = default) => client.PostAsync(
            $"datasets/{dataset}/eviction", Body(wanted, HutchJson.Default.EvictDataset), HutchJson.Default.EvictionInfo, ct);

        /// <summary>Ends a dataset at every site of the zone.</summary>
        public Task<PurgeInfo> OrderPurgeAsync(OrderPurge order, CancellationToken ct = default) =>
            client.PostAsync("purges", Body(order, HutchJson.Default.OrderPurge), HutchJson.Default.PurgeInfo, ct);

        /// <summary>Lists purges at all sites, the newest first.</summary>
        /// <param name="onlyOpen">True for only those that a site has not carried out yet.</param>
        public IAsyncEnumerable<PurgeInfo> ListPurgesAsync(bool onlyOpen = false, CancellationToken ct = default) =>
            client.ListAsync(onlyOpen ? "purges?open=true" : "purges", HutchJson.Default.PagePurgeInfo, ct);

        /// <summary>Has the home of a dataset bring its bytes back.</summary>
        public Task<EvictionInfo> RecallAsync(DatasetId dataset, CancellationToken ct = default) => client.CallAsync(
            () => Request(HttpMethod.Delete, $"datasets/{dataset}/eviction"), repeatable: true, HutchJson.Default.EvictionInfo, ct);

        public Task<JoinPlanInfo> PlanJoinAsync(JoinZone join, CancellationToken ct = default) =>
            client.PostAsync("sites/join/plan", Body(join, HutchJson.Default.JoinZone), HutchJson.Default.JoinPlanInfo, ct);

        public Task<JoinedZoneInfo> JoinZoneAsync(JoinZone join, CancellationToken ct = default) =>
            client.PostAsync("sites/join", Body(join, HutchJson.Default.JoinZone), HutchJson.Default.JoinedZoneInfo, ct);
    }
}
