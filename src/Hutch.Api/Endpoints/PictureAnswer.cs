using Hutch.Api.Http;

namespace Hutch.Api.Endpoints;

/// <summary>Answers with a small picture of a frame. It is made only for clients that do not have it yet.</summary>
internal static class PictureAnswer
{
    private const int PieceBytes = 64 << 10;

    public static async Task SendAsync(ApiRequest request, DatasetPath path)
    {
        long bin = request.Number("bin", 0, 2);
        if (bin > FrameService.MaxBin)
        {
            throw ErrorCode.BadRequest.With($"'bin' is {bin}; it must be 2 to {FrameService.MaxBin}.").ToException();
        }

        Result<IFramePicture> found = await request.Reader.Frames.FindAsync(
            request.Caller, request.Dataset, path, request.At, (int)bin, request.Aborted);
        if (!found.TryGet(out IFramePicture? picture, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        if (EntityTags.Match(request.Header("If-None-Match"), picture.Version))
        {
            SetHeaders(request.Http.Response, picture);
            request.Http.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        if (!(await picture.MakeAsync(request.Aborted)).TryGet(out PictureBytes? made, out refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        using (made)
        {
            await SendAsync(request, picture, made);
        }
    }

    private static async Task SendAsync(ApiRequest request, IFramePicture picture, PictureBytes made)
    {
        HttpResponse response = request.Http.Response;
        SetHeaders(response, picture);
        response.ContentType = HutchMediaTypes.Frame;
        response.ContentLength = made.Memory.Length;
        if (!HttpMethods.IsHead(request.Http.Request.Method))
        {
            await request.Api.Guard.ShowAsync(
                request.Caller, request.Dataset, made.Memory.Length, ct => CopyAsync(made.Memory, response, ct), request.Aborted);
        }
    }

    /// <summary>Writes piece by piece: what a writer is given at once, it copies at once, also for a slow client.</summary>
    private static async Task CopyAsync(ReadOnlyMemory<byte> bytes, HttpResponse response, CancellationToken ct)
    {
        for (int at = 0; at < bytes.Length; at += PieceBytes)
        {
            await response.Body.WriteAsync(bytes.Slice(at, Math.Min(PieceBytes, bytes.Length - at)), ct);
        }
    }

    private static void SetHeaders(HttpResponse response, IFramePicture picture)
    {
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.ETag = EntityTags.For(picture.Version);
        response.Headers[HutchHeaders.FrameShape] = string.Create(CultureInfo.InvariantCulture, $"{picture.Rows}, {picture.Columns}");
    }
}
