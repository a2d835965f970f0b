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
    private const string Head = "/datasets/{id}/zarr/{**path}";
    private const string Version = "/datasets/{id}/snapshots/{at}/zarr/{**path}";
    private const string Text = "The value of a key of a Zarr v2 store: `.zgroup`, `.zarray`, `.zattrs`, `.zmetadata`, or a chunk. "
        + "The key begins with the path of a file";

    public void Add(EndpointTable table)
    {
        foreach (string pattern in new[] { Head, Version })
        {
            Describe(table, "GET", pattern, Text + (pattern == Head ? "" : "; in a fixed version"))
                .Answering(StatusCodes.Status200OK, "application/octet-stream", "The document, or the bytes of the chunk")
                .Does(SendAsync);
            Describe(table, "HEAD", pattern, "Check whether a Zarr store has a key, and its length")
                .Answering(StatusCodes.Status200OK, null, "The headers").Does(SendAsync);
        }
    }

    private static EndpointDescription Describe(EndpointTable table, string method, string pattern, string summary)
    {
        EndpointDescription endpoint = table.Add(Tag, method, pattern, summary, "read").Reads();
        return pattern == Head ? endpoint.At() : endpoint;
    }

    private static async Task SendAsync(ApiRequest request)
    {
        string key = request.Route("path");
        Result<IContentAnswer> answered = await request.Reader.Contents.ReadZarrAsync(
            request.Caller, request.Dataset, request.At, key, request.Aborted);
        bool isDocument = key.AsSpan(key.LastIndexOf('/') + 1).StartsWith(".z");
        await FileContent.SendAsync(request, answered, isDocument ? "application/json" : "application/octet-stream");
    }
}
