using Hutch.Api.Http;

namespace Hutch.Api.Endpoints;

internal static class FileContent
{
    public static async Task SendAsync(ApiRequest request, Result<IContentAnswer> answered, string mediaType)
    {
        if (!answered.TryGet(out IContentAnswer? answer, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        await using (answer)
        {
            HttpResponse response = request.Http.Response;
            response.ContentType = mediaType;
            response.ContentLength = answer.Bytes;
            response.Headers.CacheControl = "private, no-cache";
            if (!HttpMethods.IsHead(request.Http.Request.Method))
            {
                await request.Api.Guard.ShowAsync(
                    request.Caller, request.Dataset, answer.Bytes, ct => answer.CopyToAsync(response.BodyWriter, ct), request.Aborted);
            }
        }
    }
}
