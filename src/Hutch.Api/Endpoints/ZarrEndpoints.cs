using Hutch.Api.Documentation;
using Hutch.Api.Http;

namespace Hutch.Api.Endpoints;

/// <summary>
/// Arrays in files of any format as a store of Zarr, version 2: https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html. Clients append
/// keys to the store's address, so that the version is part of the route.
/// </summary>
internal sealed class ZarrEndpoints : IEndpoints
{
    private const string Tag = "Arrays as Zarr";
    private const string Text = "The value of a key of a Zarr v2 store: `.zgroup`, `.zarray`, `.zattrs`, `.zmetadata`, or a chunk. "
        + "The key begins with the path of a file";

    private const string HeadersText = "Check whether a Zarr store has a key, and its length";

    public void Add(EndpointTable table)
    {
        AddRead(table.Add(Tag, RestCalls.Zarr.Read, Text).At());
        AddHeaders(table.Add(Tag, RestCalls.Zarr.ReadHeaders, HeadersText).At());
        AddRead(table.Add(Tag, RestCalls.Zarr.ReadVersion, Text + "; in a fixed version"));
        AddHeaders(table.Add(Tag, RestCalls.Zarr.ReadVersionHeaders, HeadersText));
    }

    private static void AddRead(EndpointDescription endpoint) => endpoint
        .Answering(StatusCodes.Status200OK, "application/octet-stream", "The document, or the bytes of the chunk")
        .Does(SendAsync);

    private static void AddHeaders(EndpointDescription endpoint) =>
        endpoint.Answering(StatusCodes.Status200OK, null, "The headers").Does(SendAsync);

    private static async Task SendAsync(ApiRequest request)
    {
        string key = request.Route("path");
        Result<IContentAnswer> answered = await request.Reader.Contents.ReadZarrAsync(
            request.Caller, request.Dataset, request.At, key, request.Aborted);
        bool isDocument = key.AsSpan(key.LastIndexOf('/') + 1).StartsWith(".z");
        await FileContent.SendAsync(request, answered, isDocument ? "application/json" : "application/octet-stream");
    }
}
