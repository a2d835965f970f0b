using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Programs;
using Hutch.Model.Sites;
using Hutch.Zone.Replication.Sites;

namespace Hutch.Api.Endpoints;

internal sealed class SiteEndpoints(
    SiteService sites, CopyService copies, EvictionService evictions, ReproductionService reproductions, SiteCheck siteCheck) : IEndpoints
{
    private const string Tag = "Sites";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", "/sites", "This site, the sites of the zone with their state, and open invites", "operator or auditor")
            .Gives(HutchJson.Default.SiteList, request => sites.ListAsync(request.Caller, request.Aborted), SiteDocuments.From);
        table.Add(Tag, "POST", "/sites", "Invite a site; the token with which it joins is shown once", "administrator")
            .Takes(HutchJson.Default.InviteSite)
            .Gives(HutchJson.Default.InvitedSite, InviteAsync, SiteDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, "PUT", "/sites/{site}/labels", "Set the labels of a site", "administrator")
            .Takes(HutchJson.Default.LabelSite)
            .Gives(HutchJson.Default.ZoneSiteInfo, SiteConfirmation.Wrap(LabelAsync), SiteDocuments.From);
        table.Add(
                Tag, "PUT", "/sites/{site}/portal", "Approve the address of a site's portal, to which people come from a login at the zone",
                "administrator")
            .Takes(HutchJson.Default.SetSitePortal)
            .Gives(HutchJson.Default.ZoneSiteInfo, SiteConfirmation.Wrap(SetPortalAsync), SiteDocuments.From);
        table.Add(
                Tag, "PUT", "/sites/{site}/trust",
                "Mark a site as trusted: the page that asks for a login there selects all rights first", "administrator")
            .Takes(HutchJson.Default.TrustSite)
            .Gives(HutchJson.Default.ZoneSiteInfo, SiteConfirmation.Wrap(TrustAsync), SiteDocuments.From);
        table.Add(
                Tag, "PATCH", "/sites/{site}/terms",
                "Set what a site accepts: everything, nothing new, or nothing; and the datasets whose copies it takes",
                "administrator, or site-admin of the site")
            .Takes(HutchJson.Default.ChangeSiteTerms)
            .Gives(HutchJson.Default.SiteTermsInfo, SiteConfirmation.Wrap(SetTermsAsync), SiteDocuments.From);
        table.Add(
                Tag, "GET", "/sites/{site}/differences", "A page of the differences between this site's datasets and the zone's records",
                "operator or auditor")
            .Query("after", "The `next` of the previous page").Query("limit", "Maximum number of datasets to compare, 1 to 1000", "integer")
            .Gives(HutchJson.Default.SiteDifferenceList, CompareAsync, SiteDocuments.From);
        table.Add(
                Tag, "GET", "/sites/{site}/left", "Datasets that a site still has or is assigned; those at no other site come first",
                "operator or auditor")
            .Query("limit", "Maximum number of datasets to name, 1 to 1000", "integer")
            .Gives(
                HutchJson.Default.SiteLeftList,
                request => sites.LeftAsync(request.Caller, request.Route("site"), request.Limit, request.Aborted),
                SiteDocuments.From);
        table.Add(Tag, "DELETE", "/sites/{site}", "Remove a site, or withdraw its invite: its key is refused from now on", "administrator")
            .Query("force", "`true`: also when it has what no other site has", "boolean")
            .GivesNothing(request =>
                sites.RemoveAsync(request.Caller, request.Route("site"), request.Flag("force"), request.Aborted).AsTask());
        table.Add(
                Tag, "POST", "/sites/join/plan", "Preview joining a zone with accounts and datasets; changes nothing",
                "administrator")
            .Takes(HutchJson.Default.JoinZone)
            .Gives(
                HutchJson.Default.JoinPlanInfo,
                async request =>
                {
                    PlainHttp.RejectSecrets(request);
                    JoinZone join = await request.ReadAsync(HutchJson.Default.JoinZone, request.Aborted);
                    return await sites.PlanJoinAsync(request.Caller, join.Token, join.Accounts ?? "", request.Aborted);
                },
                SiteDocuments.From);
        table.Add(Tag, "POST", "/sites/join", "Join a zone as a site, with a token that was made there", "administrator")
            .Takes(HutchJson.Default.JoinZone)
            .Gives(
                HutchJson.Default.JoinedZoneInfo,
                async request =>
                {
                    PlainHttp.RejectSecrets(request);
                    JoinZone join = await request.ReadAsync(HutchJson.Default.JoinZone, request.Aborted);
                    return await sites.JoinAsync(request.Caller, join.Token, join.Accounts, request.Aborted);
                },
                SiteDocuments.From);
        AddCopies(table);
        AddEviction(table);
    }

    private void AddCopies(EndpointTable table)
    {
        table.Add(
                Tag, "GET", "/copies", "Copies of all datasets that are in progress or planned; active ones come first, waiting ones last",
                "operator or auditor")
            .Query("limit", "Maximum number of copies to name, 1 to 1000", "integer")
            .Gives(
                HutchJson.Default.ComingCopyList,
                request => copies.OnTheWayAsync(request.Caller, request.Limit, request.Aborted), SiteDocuments.From);
        table.Add(Tag, "GET", "/datasets/{id}/copies", "The sites that have the dataset or are assigned it", "read")
            .Gives(
                HutchJson.Default.CopyList,
                request => copies.ListAsync(request.Caller, request.Dataset, request.Aborted), SiteDocuments.From);
        table.Add(Tag, "POST", "/datasets/{id}/copies", "Request a copy of the dataset at a site; idempotent", "manage")
            .Takes(HutchJson.Default.AskCopy)
            .Gives(
                HutchJson.Default.CopyList,
                async request =>
                {
                    AskCopy wanted = await request.ReadAsync(HutchJson.Default.AskCopy, request.Aborted);
                    return await copies.RequestAsync(request.Caller, request.Dataset, wanted.Site, request.Aborted);
                },
                SiteDocuments.From);
        table.Add(
            Tag, "DELETE", "/datasets/{id}/copies/{site}",
            "Withdraw the request for a copy at a site; the copy is released unless a rule requires it. Idempotent", "manage")
            .Gives(
                HutchJson.Default.CopyList,
                request => copies.WithdrawAsync(request.Caller, request.Dataset, request.Route("site"), request.Aborted),
                SiteDocuments.From);
        table.Add(Tag, "POST", "/datasets/{id}/home", "Move the home of the dataset to another site", "manage")
            .Takes(HutchJson.Default.MoveHome)
            .Gives(
                HutchJson.Default.CopyList,
                async request =>
                {
                    MoveHome wanted = await request.ReadAsync(HutchJson.Default.MoveHome, request.Aborted);
                    return wanted.Lost
                        ? await copies.LoseHomeAsync(request.Caller, request.Dataset, wanted.Site, request.Aborted)
                        : await copies.MoveHomeAsync(request.Caller, request.Dataset, wanted.Site, wanted.Force, request.Aborted);
                },
                SiteDocuments.From);
    }

    /// <summary>Adds the operations that show, evict and recall the bytes of one dataset at its home.</summary>
    private void AddEviction(EndpointTable table)
    {
        const string Pattern = "/datasets/{id}/eviction";
        table.Add(Tag, "GET", Pattern, "Whether the bytes of the dataset are at its home, or held by other sites; asked there", "read")
            .Gives(
                HutchJson.Default.EvictionInfo,
                request => evictions.FindAsync(request.Caller, request.Dataset, request.Aborted), SiteDocuments.From);
        table.Add(
                Tag, "POST", Pattern,
                "Evict the bytes from the home when other sites hold them, or a program computes them again; idempotent",
                "manage, or site-admin")
            .Takes(HutchJson.Default.EvictDataset).Writes()
            .Gives(
                HutchJson.Default.EvictionInfo,
                async request =>
                {
                    EvictDataset wanted = await request.ReadAsync(HutchJson.Default.EvictDataset, request.Aborted);
                    return !wanted.Reproducible
                            ? await evictions.EvictAsync(request.Caller, request.Dataset, wanted.Holders, wanted.Keep, request.Aborted)
                        : wanted.Keep ? ErrorCode.BadRequest.With("'keep' and 'reproducible' exclude each other.")
                        : await reproductions.EvictAsync(request.Caller, request.Dataset, request.Aborted);
                },
                SiteDocuments.From);
        table.Add(Tag, "DELETE", Pattern, "Recall the bytes to the home, or cancel the eviction; idempotent",
                "manage, or site-admin")
            .Writes()
            .Gives(
                HutchJson.Default.EvictionInfo,
                request => evictions.RecallAsync(request.Caller, request.Dataset, request.Aborted), SiteDocuments.From);
    }

    private async Task<Result<IssuedJoinToken>> InviteAsync(ApiRequest request)
    {
        PlainHttp.RejectSecrets(request);
        InviteSite wanted = await request.ReadAsync(HutchJson.Default.InviteSite, request.Aborted);
        if (!SiteLabels.Check(wanted.Labels ?? SiteLabels.Empty).TryGet(out var labels, out HutchError? refusal))
        {
            return refusal;
        }

        BlobHash? key = null;
        if (wanted.Key is { } text)
        {
            if (!SiteKeyText.Parse(text).TryGet(out BlobHash only, out refusal))
            {
                return refusal;
            }

            key = only;
        }

        TimeSpan? lifetime = wanted.ExpiresIn is long seconds ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, int.MaxValue)) : null;
        AccountMap? accounts = null;
        return wanted.Accounts is { } map && !AccountMap.Parse(map).TryGet(out accounts, out refusal)
            ? refusal
            : await sites.InviteAsync(
                request.Caller,
                new SiteInvitation(wanted.Name, labels, key, lifetime) { Accounts = accounts, IsReturn = wanted.Again }, request.Aborted);
    }

    private async Task<Result<LabelledSite>> LabelAsync(ApiRequest request)
    {
        LabelSite wanted = await request.ReadAsync(HutchJson.Default.LabelSite, request.Aborted);
        return SiteLabels.Check(wanted.Labels).TryGet(out var labels, out HutchError? refusal)
            ? await sites.LabelAsync(request.Caller, request.Route("site"), labels, request.Aborted)
            : refusal;
    }

    private async Task<Result<SiteWithContact>> SetPortalAsync(ApiRequest request)
    {
        SetSitePortal wanted = await request.ReadAsync(HutchJson.Default.SetSitePortal, request.Aborted);
        if (wanted.Address is not { } address)
        {
            return await sites.SetPortalAsync(request.Caller, request.Route("site"), null, null, request.Aborted);
        }

        return SitePortal.Parse(address, wanted.Certificate).TryGet(out SitePortal? portal, out HutchError? refusal)
            ? await sites.SetPortalAsync(request.Caller, request.Route("site"), portal, wanted.RunBy, request.Aborted)
            : refusal;
    }

    private async Task<Result<SiteWithContact>> TrustAsync(ApiRequest request)
    {
        TrustSite wanted = await request.ReadAsync(HutchJson.Default.TrustSite, request.Aborted);
        return await sites.TrustAsync(request.Caller, request.Route("site"), wanted.Trusted, request.Aborted);
    }

    private async Task<Result<SiteDifferences>> CompareAsync(ApiRequest request)
    {
        DatasetId? after = null;
        if (request.Query("after") is { } text)
        {
            if (!DatasetId.TryParse(text, out DatasetId parsed))
            {
                return ErrorCode.BadRequest.With($"'after' is {Display.Quote(text)}; it must be the `next` of the previous page.");
            }

            after = parsed;
        }

        return await siteCheck.CompareAsync(
            request.Caller, request.Route("site"), after, request.Limit, request.Aborted);
    }

    private async Task<Result<SiteTerms>> SetTermsAsync(ApiRequest request)
    {
        ChangeSiteTerms wanted = await request.ReadAsync(HutchJson.Default.ChangeSiteTerms, request.Aborted);
        SiteIntake? intake = null;
        if (wanted.Intake is { } name)
        {
            if (!SiteIntakeNames.Parse(name).TryGet(out SiteIntake parsed, out HutchError? refusal))
            {
                return refusal;
            }

            intake = parsed;
        }

        return await sites.SetTermsAsync(request.Caller, request.Route("site"), intake, wanted.Accepts, request.Aborted);
    }
}
