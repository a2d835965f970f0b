using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Hutch.Federation.Wire;
using Microsoft.AspNetCore.Http;

namespace Hutch.Federation.Doors;

/// <summary>Reads requests of other sites and writes the answers.</summary>
internal static class SiteAnswers
{
    /// <summary>Reads a JSON request, and answers it with JSON.</summary>
    public static async Task DoAsync<TRequest, TAnswer>(
        HttpContext http, PeerCall<TRequest, TAnswer> call, Func<TRequest, CancellationToken, Task<Result<TAnswer>>> work)
    {
        TRequest request = await ReadAsync(http, call.Request);
        Result<TAnswer> answer = await work(request, http.RequestAborted);
        if (!answer.IsOk)
        {
            await WriteErrorAsync(http, answer.Error);
            return;
        }

        http.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(http.Response.Body, answer.Value, call.Answer, http.RequestAborted);
    }

    /// <summary>Reads a JSON request, and answers it with a stream.</summary>
    public static async Task StreamAsync<TRequest>(
        HttpContext http, PeerStream<TRequest> call, Func<TRequest, CancellationToken, Task<Result<TarAnswer>>> work)
    {
        Result<TarAnswer> answer = await work(await ReadAsync(http, call.Request), http.RequestAborted);
        if (!answer.IsOk)
        {
            await WriteErrorAsync(http, answer.Error);
            return;
        }

        http.Response.ContentType = "application/octet-stream";
        await answer.Value(http.Response.BodyWriter, http.RequestAborted);
    }

    /// <summary>Reads a JSON request.</summary>
    public static async Task<TRequest> ReadAsync<TRequest>(HttpContext http, JsonTypeInfo<TRequest> type) =>
        await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted)
            ?? throw ErrorCode.InvalidBody.With("The request of the site is null.").ToException();

    /// <summary>Answers with an error.</summary>
    public static Task WriteErrorAsync(HttpContext http, HutchError error)
    {
        var refusal = new Refusal { Code = error.Code.Name, Message = error.Message, Advice = error.Code.Advice };
        http.Response.StatusCode = error.Code.Status;
        http.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(http.Response.Body, refusal, SiteJson.Default.Refusal, http.RequestAborted);
    }
}
