using Hutch.Api.Documentation;
using Hutch.Api.Http;
using Hutch.Processing.Feeding;

namespace Hutch.Api.Endpoints;

/// <summary>The addresses of single frames, which services of others get by the message bus.</summary>
internal sealed class FrameEndpoints(FrameAddresses? addresses) : IEndpoints
{
    public void Add(EndpointTable table) => table.Add(
            "Work", RestCalls.Work.OpenFrame, "The stored bytes of one frame, for a service that got its address")
        .Query(FrameAddresses.SignaturePart, "The secret part of the address")
        .Answering(StatusCodes.Status200OK, FileTypes.Anything, "The bytes")
        .Does(OpenAsync);

    private async Task OpenAsync(ApiRequest request)
    {
        Result<FrameReading> opened = PlainHttp.IsOpen(request.Http, request.Api)
            ? ErrorCode.Forbidden.With("The address of a frame is a secret, which others on the network could read: use HTTPS.")
            : addresses is not null && Guid.TryParse(request.Route("address"), out Guid id)
                ? await addresses.OpenAsync(id, request.Query(FrameAddresses.SignaturePart) ?? "", request.Aborted)
                : FrameAddresses.Nothing;
        if (!opened.TryGet(out FrameReading? frame, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = frame.ContentType ?? FileTypes.Anything;
        response.Headers.CacheControl = "no-store";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.ContentLength = frame.Content.Size;
        long sent = 0;
        try
        {
            await frame.Content.CopyToAsync(
                response.BodyWriter, 0, frame.Content.Size, piece => sent += piece.Length, request.Aborted);
        }
        finally
        {
            // Also if the connection ends with the last byte, as a client closes it that has all.
            if (sent == frame.Content.Size)
            {
                await frame.Read();
            }
        }
    }
}
