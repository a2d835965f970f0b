using System.Text.Json.Nodes;
using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Types;
using Hutch.Model.Memory;
using Hutch.Types.Catalog;
using Hutch.Types.Schema;

namespace Hutch.Api.Endpoints;

internal sealed class TypeEndpoints(DocumentMemory memory) : IEndpoints
{
    private const string Tag = "Types";
    private const string SchemaSuffix = "/schema";

    public void Add(EndpointTable table)
    {
        table.Add(Tag, RestCalls.Types.List, "The types of datasets that this server knows")
            .Gives(request => Task.FromResult<Result<Page<TypeInfo>>>(TypeDocuments.From(request.Reader.Types.Types)));
        table.Add(Tag, RestCalls.Types.Find, "One type, with its inherited attributes")
            .Answering(StatusCodes.Status200OK, "The type")
            .Does(GetAsync);
        table.Add(
            Tag, RestCalls.Types.FindSchema,
            "The JSON Schema (draft 2020-12) of the metadata of a type, with its inherited attributes")
            .Answering(StatusCodes.Status200OK, "application/schema+json", "The schema", HutchJson.Default.JsonElement)
            .Does(request => SchemaAsync(request, request.Route("name")));
        table.Add(Tag, RestCalls.Types.FindVocabulary, "The terms of a vocabulary, which attributes suggest")
            .Gives(static request => Task.FromResult(TypeDocuments.FindVocabulary(request.Route("name"))));
        table.Add(
            Tag, RestCalls.Metadata.Describe,
            "The metadata by the attributes of the type: values with their units, values that do not fit, and other keys")
            .Gives(request => request.Reader.Types.DescribeAsync(request.Caller, request.Dataset, request.Aborted), TypeDocuments.From);
        table.Add(Tag, RestCalls.Metadata.TryAttributes, "The attributes of a document that is not stored, for a form during editing")
            .Query("type", "The type to read it by; default: that of the dataset")
            .Gives(TryAsync, TypeDocuments.From);
    }

    private async Task<Result<DescribedMetadata>> TryAsync(ApiRequest request)
    {
        (JsonElement document, CountedMemory.Share share) = await JsonBody.ReadDocumentAsync(
            request.Body, request.Api.Options.Limits, memory, request.Aborted);
        using CountedMemory.Share held = share;
        return await request.Reader.Types.TryAsync(
            request.Caller, request.Dataset, document, request.Query("type"), request.Aborted);
    }

    // A name has slashes, so that the route of one type is also that of the schema of another.
    private static Task GetAsync(ApiRequest request) =>
        Name(request.Route("name")) is var name && name.EndsWith(SchemaSuffix, StringComparison.Ordinal)
            ? SchemaAsync(request, name[..^SchemaSuffix.Length])
            : JsonAnswer.SendAsync(
                request, request.Reader.Types.Find(name).Then<TypeInfo>(type => TypeDocuments.From(type)), HutchJson.Default.TypeInfo,
                StatusCodes.Status200OK);

    private static async Task SchemaAsync(ApiRequest request, string name)
    {
        if (!request.Reader.Types.Find(Name(name)).TryGet(out DatasetType? type, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        string path = RestCalls.Types.Find.At(type.Name + SchemaSuffix).Path;
        JsonObject schema = TypeSchema.For(type, new Uri(PortalAddress.For(request, path)));
        byte[] json = Encoding.UTF8.GetBytes(schema.ToJsonString());
        request.Http.Response.ContentType = "application/schema+json";
        request.Http.Response.ContentLength = json.Length;
        await request.Http.Response.Body.WriteAsync(json, request.Aborted);
    }

    // Some clients escape the slash; the server leaves that to us.
    private static string Name(string route) => Uri.UnescapeDataString(route);
}
