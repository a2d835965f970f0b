using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Model.Publications;

namespace Hutch.Api.Endpoints;

internal sealed class PublicationEndpoints(PublicationService publications, DatasetService datasets) : IEndpoints
{
    private const string Tag = "Publications";
    private const string Pattern = "/datasets/{id}/publication";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, "GET", Pattern, "The dataset's publication or its draft, and the missing fields", "manage")
            .Gives(
                HutchJson.Default.PublicationInfo,
                async request => Write(request, await publications.FindAsync(request.Caller, request.Dataset, request.Aborted)));
        table.Add(Tag, "PUT", Pattern, "Replace the description; a draft may lack required fields", "manage")
            .Header("If-Match", "The revision to replace, in quotes; `\"0\"` for none")
            .Takes(HutchJson.Default.PublicationDescription)
            .Gives(HutchJson.Default.PublicationInfo, DescribeAsync);
        table.Add(Tag, "GET", Pattern + "/history", "All descriptions that it had, newest first", "manage")
            .Paged()
            .GivesPage(
                HutchJson.Default.PagePublicationRevisionInfo,
                request => publications.RevisionsAsync(
                    request.Caller, request.Dataset, request.Number("cursor", long.MaxValue, 1), request.Limit, request.Aborted),
                PublicationDocuments.From);
        table.Add(Tag, "POST", Pattern + "/publish", "Publish the closed dataset with its description, permanently", "manage")
            .Takes(HutchJson.Default.PublishDataset)
            .Gives(HutchJson.Default.PublicationInfo, PublishAsync);
        table.Add(
            Tag, "POST", Pattern + "/doi", "Give it a DOI: reserved for a draft, registered for a published dataset", "manage")
            .Gives(
                HutchJson.Default.PublicationInfo,
                async request => Written(
                    request, await publications.GiveDoiAsync(request.Caller, request.Dataset, request.Aborted)));
        table.Add(
            Tag, "POST", Pattern + "/withdraw", "Withdraw it: its page stays with the reason, and the dataset becomes private", "manage")
            .Takes(HutchJson.Default.WithdrawPublication)
            .Gives(HutchJson.Default.PublicationInfo, WithdrawAsync);
    }

    private async Task<Result<PublicationInfo>> DescribeAsync(ApiRequest request)
    {
        long? expected = VersionTags.Expected(request);
        PublicationDescription wanted = await request.ReadAsync(HutchJson.Default.PublicationDescription, request.Aborted);
        return Written(
            request, await publications.DescribeAsync(request.Caller, request.Dataset, wanted, expected, request.Aborted));
    }

    private async Task<Result<PublicationInfo>> PublishAsync(ApiRequest request)
    {
        PublishDataset body = await request.ReadAsync(HutchJson.Default.PublishDataset, request.Aborted);
        PublicationAccess access = Access(body);
        DatasetId? earlier = body.NewVersionOf is { } name
            ? (await datasets.ResolveIdAsync(request.Caller, name, request.Aborted)).Value
            : null;
        return Written(
            request, await publications.PublishAsync(request.Caller, request.Dataset, access, earlier, body.Doi, request.Aborted));
    }

    private async Task<Result<PublicationInfo>> WithdrawAsync(ApiRequest request)
    {
        WithdrawPublication body = await request.ReadAsync(HutchJson.Default.WithdrawPublication, request.Aborted);
        return Written(
            request, await publications.WithdrawAsync(request.Caller, request.Dataset, body.Reason, request.Aborted));
    }

    private static PublicationAccess Access(PublishDataset body) => (body.Access ?? "open", body.Until) switch
    {
        ("open", null) => new PublicationAccess(Visibility.Public),
        ("embargoed", { } until) => new PublicationAccess(Visibility.PublicAfter(until)),
        ("restricted", null) => new PublicationAccess(null),
        ("embargoed", null) => throw ErrorCode.BadRequest.With("An embargo needs a time when it ends: 'until'.").ToException(),
        ("open" or "restricted", _) => throw ErrorCode.BadRequest.With("Only embargoed access has an 'until'.").ToException(),
        (string access, _) => throw ErrorCode.BadRequest.With(
            $"'access' is {Display.Quote(access)}; it must be open, embargoed or restricted.").ToException(),
    };

    private Result<PublicationInfo> Written(ApiRequest request, Result<PublicationRecord> record) =>
        Write(request, record.Then<PublicationRecord?>(found => found));

    private Result<PublicationInfo> Write(ApiRequest request, Result<PublicationRecord?> record)
    {
        if (!record.TryGet(out PublicationRecord? found, out HutchError? refusal))
        {
            return refusal;
        }

        request.Http.Response.Headers.ETag = VersionTags.For(found?.Revision ?? 0);
        return PublicationDocuments.From(
            request.Dataset, found, PortalAddress.For(request, $"publications/{request.Dataset}"), publications.GivesDois);
    }
}
