namespace Hutch.Api.Http;

/// <summary>Answers with one JSON document, or with the refusal.</summary>
internal static class JsonAnswer
{
    public static async Task SendAsync<T>(ApiRequest request, Result<T> answer, JsonTypeInfo<T> type, int status)
    {
        if (!answer.TryGet(out T? value, out HutchError? refusal))
        {
            await Problems.WriteAsync(request.Http, refusal, request.Aborted);
            return;
        }

        ReadOnlyMemory<byte> json = ContentCoding.Encode(request.Http, JsonSerializer.SerializeToUtf8Bytes(value, type));
        request.Http.Response.StatusCode = status;
        request.Http.Response.ContentType = "application/json";
        request.Http.Response.Headers.CacheControl = "no-store";
        request.Http.Response.ContentLength = json.Length;
        await request.Http.Response.Body.WriteAsync(json, request.Aborted);
    }
}
