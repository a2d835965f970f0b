using System.Net.Sockets;
using Hutch.Disk;
using Microsoft.AspNetCore.Connections;

namespace Hutch.Doors.Requests;

/// <summary>The one place where refusals and failures become answers: problem details (RFC 9457).</summary>
public static class Problems
{
    /// <summary>The message of a fault of the program, at every door.</summary>
    public const string Unexpected =
        "The server hit an error that it does not expect. Whether the request took effect is not known: look before you send it again. "
        + "The operator finds the error in the server's log, under the request id.";

    private const string BusySeconds = "2";

    /// <summary>Answers with a refusal, in place of anything that was prepared and not sent.</summary>
    public static async Task WriteAsync(HttpContext http, HutchError error, CancellationToken ct)
    {
        string? range = error.Code == ErrorCode.RangeNotSatisfiable ? http.Response.Headers.ContentRange.ToString() : null;
        http.Response.Clear();
        http.Response.StatusCode = error.Code.Status;
        http.Response.ContentType = HutchMediaTypes.Problem;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["X-Request-Id"] = http.TraceIdentifier;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (!string.IsNullOrEmpty(range))
        {
            http.Response.Headers.ContentRange = range;
        }

        if (error.Code == ErrorCode.Unauthenticated)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"hutch\"";
        }

        if (RetryAfter(error) is { } seconds)
        {
            http.Response.Headers.RetryAfter = seconds;
        }

        byte[] body = JsonSerializer.SerializeToUtf8Bytes(ToProblem(http, error), HutchJson.Default.Problem);
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(body, ct);
        }
    }

    public static Problem ToProblem(HttpContext http, HutchError error) => new()
    {
        Type = error.Code.Type,
        Title = error.Code.Title,
        Status = error.Code.Status,
        Detail = error.Message,
        Instance = http.Request.Path.ToUriComponent(),
        Code = error.Code.Name,
        Advice = error.Code.Advice.Length == 0 ? null : error.Code.Advice,
        RequestId = http.TraceIdentifier,
        Details = error.Details?.ToDictionary(detail => detail.Key, detail => ToJson(detail.Value), StringComparer.Ordinal),
    };

    /// <summary>
    /// The error that a client receives for an exception. For a fault of the program it has no details; the log has them.
    /// </summary>
    public static HutchError ToError(Exception exception, out bool isFault)
    {
        isFault = false;
        switch (exception)
        {
            case HutchException refusal:
                isFault = refusal is { InnerException: not null, Error.Code.Status: >= 500 };
                return refusal.Error;
            case BadHttpRequestException bad:
                return bad.StatusCode switch
                {
                    StatusCodes.Status413PayloadTooLarge => ErrorCode.TooLarge.With("The body is larger than the server accepts."),
                    StatusCodes.Status408RequestTimeout => ErrorCode.BadRequest.With("The request arrived too slowly and was aborted."),
                    _ => ErrorCode.BadRequest.With("The request was cut off or is not valid HTTP. Send it again."),
                };
            case DiskFullException:
                isFault = true;
                return ErrorCode.InsufficientStorage.With(
                    "No space left on the server's disk. Reading and deleting still work. Tell the operator.");
            case IOException { InnerException: SocketException } or ConnectionResetException:
                return ErrorCode.BadRequest.With("The connection broke.");
            default:
                isFault = true;
                return ErrorCode.Internal.With(Unexpected);
        }
    }

    private static string? RetryAfter(HutchError error)
    {
        if (error.Details?.TryGetValue("retryAfterSeconds", out string? seconds) == true)
        {
            return seconds;
        }

        return error.Code.Status is StatusCodes.Status429TooManyRequests or StatusCodes.Status503ServiceUnavailable
            && error.Code != ErrorCode.Quarantined
            ? BusySeconds
            : null;
    }

    // Numbers are written as numbers, the rest as text.
    private static JsonElement ToJson(string value) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? JsonSerializer.SerializeToElement(number, ProblemJson.Default.Int64)
            : JsonSerializer.SerializeToElement(value, ProblemJson.Default.String);
}
