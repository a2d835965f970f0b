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
        table.Add(Tag, RestCalls.Sites.List, "This site, the sites of the zone with their state, and open invites")
            .Gives(request => sites.ListAsync(request.Caller, request.Aborted), SiteDocuments.From);
        table.Add(Tag, RestCalls.Sites.Invite, "Invite a site; the token with which it joins is shown once")
            .Gives(InviteAsync, SiteDocuments.From, StatusCodes.Status201Created);
        table.Add(Tag, RestCalls.Sites.SetLabels, "Set the labels of a site")
            .AwaitingSites().Gives(LabelAsync, SiteDocuments.From);
        table.Add(Tag, RestCalls.Sites.SetPortal, "Approve the address of a site's portal, to which people come from a login at the zone")
            .AwaitingSites().Gives(SetPortalAsync, SiteDocuments.From);
        table.Add(Tag, RestCalls.Sites.SetTrust, "Mark a site as trusted: the page that asks for a login there selects all rights first")
            .AwaitingSites().Gives(TrustAsync, SiteDocuments.From);
        table.Add(
            Tag, RestCalls.Sites.ChangeTerms,
            "Set what a site accepts: everything, nothing new, or nothing; and the datasets whose copies it takes")
            .AwaitingSites().Gives(SetTermsAsync, SiteDocuments.From);
        table.Add(Tag, RestCalls.Sites.ListDifferences, "A page of the differences between this site's datasets and the zone's records")
            .Query("after", "The `next` of the previous page")
            .Query("limit", "Maximum number of datasets to compare, 1 to 1000", "integer")
            .Gives(CompareAsync, SiteDocuments.From);
        table.Add(Tag, RestCalls.Sites.ListLeft, "Datasets that a site still has or is assigned; those at no other site come first")
            .Query("limit", "Maximum number of datasets to name, 1 to 1000", "integer")
            .Gives(request => sites.LeftAsync(request.Caller, request.Route("site"), request.Limit, request.Aborted), SiteDocuments.From);
        table.Add(Tag, RestCalls.Sites.Remove, "Remove a site, or withdraw its invite: its key is refused from now on")
            .Query("force", "`true`: also when it has what no other site has", "boolean")
            .GivesNothing(request =>
                sites.RemoveAsync(request.Caller, request.Route("site"), request.Flag("force"), request.Aborted).AsTask());
        table.Add(Tag, RestCalls.Sites.PlanJoin, "Preview joining a zone with accounts and datasets; changes nothing")
            .Gives(
                async request =>
                {
                    PlainHttp.RejectSecrets(request);
                    JoinZone join = await request.ReadAsync(HutchJson.Default.JoinZone, request.Aborted);
                    return await sites.PlanJoinAsync(request.Caller, join.Token, join.Accounts ?? "", request.Aborted);
                },
                SiteDocuments.From);
        table.Add(Tag, RestCalls.Sites.Join, "Join a zone as a site, with a token that was made there")
            .Gives(
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
            Tag, RestCalls.Copies.ListComing,
            "Copies of all datasets that are in progress or planned; active ones come first, waiting ones last")
            .Query("limit", "Maximum number of copies to name, 1 to 1000", "integer")
            .Gives(request => copies.OnTheWayAsync(request.Caller, request.Limit, request.Aborted), SiteDocuments.From);
        table.Add(Tag, RestCalls.Copies.List, "The sites that have the dataset or are assigned it")
            .Gives(request => copies.ListAsync(request.Caller, request.Dataset, request.Aborted), SiteDocuments.From);
        table.Add(Tag, RestCalls.Copies.Request, "Request a copy of the dataset at a site; idempotent")
            .Gives(
                async (request, wanted) => await copies.RequestAsync(request.Caller, request.Dataset, wanted.Site, request.Aborted),
                SiteDocuments.From);
        table.Add(
            Tag, RestCalls.Copies.Withdraw,
            "Withdraw the request for a copy at a site; the copy is released unless a rule requires it. Idempotent")
            .Gives(
                request => copies.WithdrawAsync(request.Caller, request.Dataset, request.Route("site"), request.Aborted),
                SiteDocuments.From);
        table.Add(Tag, RestCalls.Copies.MoveHome, "Move the home of the dataset to another site")
            .Gives(
                async (request, wanted) => wanted.Lost
                    ? await copies.LoseHomeAsync(request.Caller, request.Dataset, wanted.Site, request.Aborted)
                    : await copies.MoveHomeAsync(request.Caller, request.Dataset, wanted.Site, wanted.Force, request.Aborted),
                SiteDocuments.From);
    }

    /// <summary>Adds the operations that show, evict and recall the bytes of one dataset at its home.</summary>
    private void AddEviction(EndpointTable table)
    {
        table.Add(
            Tag, RestCalls.Copies.FindEviction,
            "Whether the bytes of the dataset are at its home, or held by other sites; asked there")
            .Gives(request => evictions.FindAsync(request.Caller, request.Dataset, request.Aborted), SiteDocuments.From);
        table.Add(
            Tag, RestCalls.Copies.Evict,
            "Evict the bytes from the home when other sites hold them, or a program computes them again; idempotent")
            .Gives(
                async (request, wanted) => !wanted.Reproducible
                        ? await evictions.EvictAsync(request.Caller, request.Dataset, wanted.Holders, wanted.Keep, request.Aborted)
                    : wanted.Keep ? ErrorCode.BadRequest.With("'keep' and 'reproducible' exclude each other.")
                    : await reproductions.EvictAsync(request.Caller, request.Dataset, request.Aborted),
                SiteDocuments.From);
        table.Add(Tag, RestCalls.Copies.RecallEvicted, "Recall the bytes to the home, or cancel the eviction; idempotent")
            .Gives(request => evictions.RecallAsync(request.Caller, request.Dataset, request.Aborted), SiteDocuments.From);
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

    private async Task<Result<LabelledSite>> LabelAsync(ApiRequest request, LabelSite wanted) =>
        SiteLabels.Check(wanted.Labels).TryGet(out var labels, out HutchError? refusal)
            ? await sites.LabelAsync(request.Caller, request.Route("site"), labels, request.Aborted)
            : refusal;

    private async Task<Result<SiteWithContact>> SetPortalAsync(ApiRequest request, SetSitePortal wanted)
    {
        if (wanted.Address is not { } address)
        {
            return await sites.SetPortalAsync(request.Caller, request.Route("site"), null, null, request.Aborted);
        }

        return SitePortal.Parse(address, wanted.Certificate).TryGet(out SitePortal? portal, out HutchError? refusal)
            ? await sites.SetPortalAsync(request.Caller, request.Route("site"), portal, wanted.RunBy, request.Aborted)
            : refusal;
    }

    private async Task<Result<SiteWithContact>> TrustAsync(ApiRequest request, TrustSite wanted) =>
        await sites.TrustAsync(request.Caller, request.Route("site"), wanted.Trusted, request.Aborted);

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

    private async Task<Result<SiteTerms>> SetTermsAsync(ApiRequest request, ChangeSiteTerms wanted)
    {
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
