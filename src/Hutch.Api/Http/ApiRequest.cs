using Hutch.Zone.Logins;

namespace Hutch.Api.Http;

/// <summary>One request, as endpoints read it.</summary>
internal sealed class ApiRequest(HttpContext http, Caller caller, ApiContext api) : DoorRequest(http, caller, api)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    /// <summary>The reason why the session of the request is invalid; null when it is valid, or when there was none.</summary>
    public HutchError? LostSession { get; init; }

    public ApiContext Api { get; } = api;

    public int Limit => (int)Math.Min(Number("limit", DefaultLimit, 1), MaxLimit);

    /// <summary>The dataset that the query limits the answer to, or that a parameter of it names; null for none.</summary>
    public DatasetId? QueriedDataset(string name = "dataset") =>
        Query(name) is not { } text ? null
        : DatasetId.TryParse(text, out DatasetId id) ? id
        : throw ErrorCode.InvalidName.With($"{Display.Quote(text)} is not a dataset id, which is a UUID.").ToException();

    /// <summary>All values of a parameter of the query that may be repeated.</summary>
    public IEnumerable<string> QueryAll(string name) => Http.Request.Query[name].OfType<string>();

    public long Number(string name, long otherwise, long least)
    {
        if (Query(name) is not { } text)
        {
            return otherwise;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least
            ? number
            : throw ErrorCode.BadRequest.With(
                $"'{name}' is {Display.Quote(text)}; it must be a whole number of at least {least}.").ToException();
    }

    /// <summary>A time of the query; null when it is absent.</summary>
    public DateTimeOffset? Time(string name)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (Query(name) is not { } text)
        {
            return null;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Utc, out DateTimeOffset time)
            ? time
            : throw ErrorCode.BadRequest.With(
                $"'{name}' is {Display.Quote(text)}; it must be a time, such as 2026-11-20T10:00:00Z.").ToException();
    }

    public bool Flag(string name) => Query(name) switch
    {
        null or "false" or "0" => false,
        "true" or "1" => true,
        string text => throw ErrorCode.BadRequest.With($"'{name}' is {Display.Quote(text)}; it must be 'true' or 'false'.").ToException(),
    };

    public LoginOrigin Origin => new(Http.Connection.RemoteIpAddress, Header("User-Agent"));

    /// <summary>Reads the JSON body and leaves it there, for the next reader.</summary>
    public Task<T> PeekAsync<T>(JsonTypeInfo<T> type, CancellationToken ct) =>
        JsonBody.PeekAsync(Body, type, Api.Options.Limits.MaxJsonBytes, ct);

    public Task<T> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken ct) =>
        JsonBody.ReadAsync(Body, type, Api.Options.Limits.MaxJsonBytes, ct);
}
