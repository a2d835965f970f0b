using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Datasets.Thumbnails;
using Hutch.Model.Contents;

namespace Hutch.Api.Endpoints;

/// <summary>Small pictures for lists, made when they are first asked for.</summary>
internal sealed class ThumbnailEndpoints : IEndpoints
{
    private const string Forever = "private, max-age=31536000, immutable";
    private const string AskAgain = "private, no-cache";

    public void Add(EndpointTable table) =>
        table.Add("Thumbnails", RestCalls.Entries.Thumbnail, "A small picture of a file, or of the dataset")
            .At()
            .Query("path", "The path of the file; without it, a picture of one of its files")
            .Query("hash", "The hash of the file as it was listed: while it is that, the answer may be kept for ever")
            .Header("If-None-Match", "Only if the ETag is none of these")
            .Answering(
                StatusCodes.Status200OK, "image/webp",
                $"WebP, or PNG of a frame: at most {ContentRequest.ThumbnailSide} pixels along each side")
            .Answering(StatusCodes.Status204NoContent, null, "There is none of this file")
            .Answering(StatusCodes.Status304NotModified, null, "Not modified")
            .Does(SendAsync);

    private static async Task SendAsync(ApiRequest request)
    {
        DatasetPath? path = request.Query("path") is { } text ? DatasetPath.Parse(text).Value : null;
        Result<Thumbnail?> found = await request.Reader.Thumbnails.FindAsync(
            request.Caller, request.Dataset, path, request.At, request.Aborted);
        if (!found.TryGet(out Thumbnail? thumbnail, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.Headers.CacheControl = AskAgain;
        if (thumbnail is null)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        bool isKnown = thumbnail.IsOfFileOnly && BlobHash.TryParse(request.Query("hash"), out BlobHash hash) && hash == thumbnail.File;
        if (EntityTags.Match(request.Header("If-None-Match"), thumbnail.Version))
        {
            SetHeaders(response, thumbnail, isKnown);
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        Result<byte[]?> made = await thumbnail.MakeAsync(request.Aborted);
        if (!made.IsOk)
        {
            await Problems.WriteAsync(request.Http, made.Error, request.Aborted);
            return;
        }

        if (made.Value is not { } bytes)
        {
            response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        SetHeaders(response, thumbnail, isKnown);
        response.ContentType = bytes[0] == (byte)'R' ? "image/webp" : "image/png";
        response.ContentLength = bytes.Length;
        await response.Body.WriteAsync(bytes, request.Aborted);
    }

    /// <remarks>
    /// The login is part of the browser's cache key, so that the next person at the same browser does not get the thumbnail.
    /// </remarks>
    private static void SetHeaders(HttpResponse response, Thumbnail thumbnail, bool isKnown)
    {
        response.Headers.CacheControl = isKnown ? Forever : AskAgain;
        response.Headers.ETag = EntityTags.For(thumbnail.Version);
        response.Headers.Vary = "Cookie, Authorization";
    }
}
