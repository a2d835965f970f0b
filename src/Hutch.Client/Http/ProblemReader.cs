namespace Hutch.Client.Http;

internal static class ProblemReader
{
    private const int MaxProblemBytes = 64 * 1024;
    private const string CodeHeader = "Hutch-Error";
    private const string NotHutch = "Check the address: another program may answer there, or a proxy that lost the server behind it.";

    /// <summary>Reads the refusal that an answer carries; every answer gives one, also that of a proxy in between.</summary>
    internal static async Task<HutchError> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Problem? problem = null;
        if (response.Content.Headers.ContentType?.MediaType is HutchMediaTypes.Problem or "application/json")
        {
            problem = await TryReadBodyAsync(response, cancellationToken);
        }

        HutchError error = problem is not null ? ToError(problem, (int)response.StatusCode)
            : await TryReadTextAsync(response, cancellationToken) ?? Unexplained(response);
        return error with { IsAnswer = true };
    }

    /// <summary>Reads the error of a door that answers in plain text: the code in a header, message and advice in the body.</summary>
    private static async Task<HutchError?> TryReadTextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        string? name = response.Headers.TryGetValues(CodeHeader, out IEnumerable<string>? values) ? values.FirstOrDefault() : null;
        if (name is null || ErrorCode.All.FirstOrDefault(code => code.Name == name) is not { } known)
        {
            return null;
        }

        await response.Content.LoadIntoBufferAsync(MaxProblemBytes, cancellationToken);
        string text = (await response.Content.ReadAsStringAsync(cancellationToken)).Trim();
        bool hasAdvice = known.Advice.Length > 0 && text.EndsWith(known.Advice, StringComparison.Ordinal);
        string message = hasAdvice ? text[..^known.Advice.Length] : text;
        return message.Length == 0 ? null : new HutchError(known, message.Trim());
    }

    internal static HutchError ToError(Problem problem, int status)
    {
        ErrorCode code = ErrorCode.All.FirstOrDefault(c => c.Name == problem.Code)
            ?? new ErrorCode(
                problem.Code ?? "unknown", problem.Status ?? status, problem.Title ?? "The server refused", problem.Advice ?? "");
        if (problem.Advice is { Length: > 0 } advice && advice != code.Advice)
        {
            code = code with { Advice = advice };
        }

        return new HutchError(code, problem.Detail ?? problem.Title ?? code.Title, Details(problem));
    }

    private static Dictionary<string, string>? Details(Problem problem)
    {
        var details = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, JsonElement value) in problem.Details ?? new Dictionary<string, JsonElement>())
        {
            details[key] = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }

        if (problem.RequestId is { } id)
        {
            details["requestId"] = id;
        }

        return details.Count == 0 ? null : details;
    }

    private static async Task<Problem?> TryReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxProblemBytes, cancellationToken);
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return await JsonSerializer.DeserializeAsync(body, HutchJson.Default.Problem, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return null; // the status alone says what happened
        }
    }

    private static HutchError Unexplained(HttpResponseMessage response)
    {
        Uri? address = response.RequestMessage?.RequestUri;
        string what = $"{address?.GetLeftPart(UriPartial.Authority)} answered {(int)response.StatusCode} {response.ReasonPhrase} to "
            + $"{response.RequestMessage?.Method} {address?.AbsolutePath}, and not as a Hutch server does.";
        ErrorCode code = response.StatusCode switch
        {
            HttpStatusCode.Unauthorized => ErrorCode.Unauthenticated,
            HttpStatusCode.Forbidden => ErrorCode.Forbidden,
            HttpStatusCode.NotFound => ErrorCode.NotFound,
            HttpStatusCode.Conflict => ErrorCode.Conflict,
            HttpStatusCode.PreconditionFailed => ErrorCode.PreconditionFailed,
            HttpStatusCode.RequestEntityTooLarge => ErrorCode.TooLarge,
            HttpStatusCode.RequestedRangeNotSatisfiable => ErrorCode.RangeNotSatisfiable,
            HttpStatusCode.TooManyRequests => ErrorCode.TooManyRequests,
            HttpStatusCode.ServiceUnavailable => ErrorCode.Unavailable,
            HttpStatusCode.InsufficientStorage => ErrorCode.InsufficientStorage,
            >= HttpStatusCode.InternalServerError => ErrorCode.Internal,
            _ => ErrorCode.BadRequest,
        };
        return (code with { Advice = NotHutch }).With(what);
    }
}
