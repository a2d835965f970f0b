using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Model.Memory;
using Hutch.Model.Site;

namespace Hutch.Api.Endpoints;

internal sealed class MetadataEndpoints(PersonalDataService personal, MetadataService metadata, DocumentMemory memory) : IEndpoints
{
    private const string Tag = "Metadata";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Metadata.Find, "The document, `{}` if none was set; the ETag is its version")
            .Answering(StatusCodes.Status200OK, "The document as it was given")
            .Does(GetAsync);
        table.Add(Tag, RestCalls.Metadata.Replace, "Replace the document with a JSON object")
            .Header("If-Match", "The version to replace, in quotes; `\"0\"` for none")
            .Answering(StatusCodes.Status204NoContent, null, "Replaced; the ETag is the new version")
            .Does(PutAsync);
        table.Add(
            Tag, RestCalls.Metadata.FindPersonal,
            "The people in the facility's metadata file, `{}` without any; only for the owner and users with a grant of `read`")
            .Gives(request => personal.GetAsync(request.Caller, request.Dataset, request.Aborted));
        table.Add(
            Tag, RestCalls.Metadata.Suggest,
            "Metadata suggested by a file of the dataset: the type that fits, missing values of attributes. Nothing is stored")
            .Gives(request => request.Reader.Suggestions.FindAsync(request.Caller, request.Dataset, request.Aborted), TypeDocuments.From);
        table.Add(Tag, RestCalls.Metadata.ListVersions, "All versions of the document, newest first")
            .Paged()
            .GivesPage(
                request => request.Reader.Metadata.HistoryAsync(
                    request.Caller, request.Dataset, request.Number("cursor", long.MaxValue, 1), request.Limit, request.Aborted),
                MetadataVersionDocuments.From);
    }

    private static async Task GetAsync(ApiRequest request)
    {
        Result<SiteMetadata?> found = await request.Reader.Metadata.GetAsync(request.Caller, request.Dataset, request.Aborted);
        if (!found.IsOk)
        {
            await Problems.WriteAsync(request.Http, found.Error, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.Headers.ETag = VersionTags.For(found.Value?.Version ?? 0);
        if (request.Header("If-None-Match") == VersionTags.For(found.Value?.Version ?? 0))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        byte[] document = found.Value is { } version ? Encoding.UTF8.GetBytes(version.Document) : "{}"u8.ToArray();
        response.ContentType = "application/json";
        response.ContentLength = document.Length;
        await response.Body.WriteAsync(document, request.Aborted);
    }

    private async Task PutAsync(ApiRequest request)
    {
        DatasetId id = request.Dataset;
        long? expected = VersionTags.Expected(request);
        (JsonElement document, CountedMemory.Share share) = await JsonBody.ReadDocumentAsync(
            request.Body, request.Api.Options.Limits, memory, request.Aborted);
        using CountedMemory.Share held = share;
        Result<long> set = await metadata.SetAsync(request.Caller, id, document, expected, request.Aborted);
        if (!set.IsOk)
        {
            await Problems.WriteAsync(request.Http, set.Error, request.Aborted);
            return;
        }

        request.Http.Response.Headers.ETag = VersionTags.For(set.Value);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
