using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Model.Publications;
using Microsoft.Net.Http.Headers;

namespace Hutch.Api.Endpoints;

internal sealed class PublicationEndpoints(PublicationService publications, DatasetService datasets) : IEndpoints
{
    private const string Tag = "Publications";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Publications.Find, "The dataset's publication or its draft, and the missing fields")
            .Gives(async request => Write(request, await publications.FindAsync(request.Caller, request.Dataset, request.Aborted)));
        table.Add(
            Tag, RestCalls.Publications.Describe,
            "Replace the description, JSON or `application/yaml`; a draft may lack required fields")
            .Header("If-Match", "The revision to replace, in quotes; `\"0\"` for none")
            .Gives(DescribeAsync);
        table.Add(Tag, RestCalls.Publications.ListRevisions, "All descriptions that it had, newest first")
            .Paged()
            .GivesPage(
                request => publications.RevisionsAsync(
                    request.Caller, request.Dataset, request.Number("cursor", long.MaxValue, 1), request.Limit, request.Aborted),
                PublicationDocuments.From);
        table.Add(Tag, RestCalls.Publications.Publish, "Publish the closed dataset with its description, permanently")
            .Gives(PublishAsync);
        table.Add(Tag, RestCalls.Publications.GiveDoi, "Give it a DOI: reserved for a draft, registered for a published dataset")
            .Gives(
                async request => Written(
                    request, await publications.GiveDoiAsync(request.Caller, request.Dataset, request.Aborted)));
        table.Add(Tag, RestCalls.Publications.Withdraw, "Withdraw it: its page stays with the reason, and the dataset becomes private")
            .Gives(WithdrawAsync);
    }

    private async Task<Result<PublicationInfo>> DescribeAsync(ApiRequest request)
    {
        long? expected = VersionTags.Expected(request);
        if (!(await ReadAsync(request)).TryGet(out PublicationDescription? wanted, out HutchError? refusal))
        {
            return refusal;
        }

        return Written(
            request, await publications.DescribeAsync(request.Caller, request.Dataset, wanted, expected, request.Aborted));
    }

    private static async Task<Result<PublicationDescription>> ReadAsync(ApiRequest request)
    {
        bool isYaml = MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out MediaTypeHeaderValue? type)
            && type.MediaType.Equals(HutchMediaTypes.Yaml, StringComparison.OrdinalIgnoreCase);
        if (!isYaml)
        {
            return await request.ReadAsync(HutchJson.Default.PublicationDescription, request.Aborted);
        }

        return await request.TryReadAllAsync(DescriptionFile.MaxBytes, request.Aborted) is { } bytes
            ? DescriptionFile.Read(bytes)
            : ErrorCode.TooLarge.With($"The description has more than {DescriptionFile.MaxBytes} bytes, the maximum.");
    }

    private async Task<Result<PublicationInfo>> PublishAsync(ApiRequest request, PublishDataset body)
    {
        PublicationAccess access = Access(body);
        DatasetId? earlier = body.NewVersionOf is { } name
            ? (await datasets.ResolveIdAsync(request.Caller, name, request.Aborted)).Value
            : null;
        return Written(
            request, await publications.PublishAsync(request.Caller, request.Dataset, access, earlier, body.Doi, request.Aborted));
    }

    private async Task<Result<PublicationInfo>> WithdrawAsync(ApiRequest request, WithdrawPublication body) =>
        Written(
            request, await publications.WithdrawAsync(request.Caller, request.Dataset, body.Reason, request.Aborted));

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
