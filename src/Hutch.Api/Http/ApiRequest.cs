using Hutch.Datasets;
using Hutch.Zone.Logins;
using Microsoft.AspNetCore.Routing;

namespace Hutch.Api.Http;

/// <summary>One request, as endpoints read it. Errors in it are raised as refusals.</summary>
internal sealed class ApiRequest(HttpContext http, Caller caller, ApiContext api)
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 1000;

    private IdleTimeoutBody? _body;

    public HttpContext Http => http;

    public Caller Caller => caller;

    /// <summary>The reason why the session of the request is invalid; null when it is valid, or when there was none.</summary>
    public HutchError? LostSession { get; init; }

    public ApiContext Api => api;

    /// <summary>Reads datasets: those of this site until <see cref="ReadFromAsync"/>, then the one of the request where it is.</summary>
    public DatasetReader Reader { get; private set; } = api.Router.Own;

    /// <summary>The age of the home's last confirmation of the dataset that is read, in seconds; null at the home.</summary>
    public long? AgeSeconds { get; private set; }

    /// <summary>Ends when the client goes away.</summary>
    public CancellationToken Aborted => http.RequestAborted;

    public DatasetId Dataset => DatasetId.TryParse(Route("id"), out DatasetId id)
        ? id
        : throw ErrorCode.InvalidName.With(
            $"{Display.Quote(Route("id"))} is not a dataset id, which is a UUID. "
            + "`GET /datasets/resolve?name=…` finds a dataset by name.").ToException();

    /// <summary>The version that <c>at</c> names, in the query or the route; null for the head.</summary>
    public SnapshotRef? At => ParseSnapshot(Query("at") ?? (string?)http.GetRouteValue("at"));

    public int Limit => (int)Math.Min(Number("limit", DefaultLimit, 1), MaxLimit);

    /// <summary>The body, given up when nothing comes for too long.</summary>
    public PipeReader Body =>
        _body ??= new IdleTimeoutBody(http.Request.BodyReader, TimeSpan.FromSeconds(api.Options.Limits.BodyIdleSeconds), api.Options.Time);

    /// <summary>Releases the unused bytes of the body.</summary>
    public void ReleaseBody() => _body?.Release();

    /// <summary>Reads from the site that has the dataset from now on. Returns the refusal, or null.</summary>
    public async ValueTask<HutchError?> ReadFromAsync(DatasetId dataset, CancellationToken ct)
    {
        Result<ReadRoute> found = await api.Router.FindAsync(caller, dataset, At, ct);
        if (!found.TryGet(out ReadRoute? route, out HutchError? refusal))
        {
            // An unreadable dataset, such as one in the trash, can still be addressed by its id.
            return refusal with
            {
                Details = new Dictionary<string, string>(refusal.Details ?? new Dictionary<string, string>(), StringComparer.Ordinal)
                {
                    ["dataset"] = dataset.ToString(),
                },
            };
        }

        (Reader, AgeSeconds) = (route.Reader, route.AgeSeconds);
        http.Response.Headers.Age = route.AgeHeader;
        return null;
    }

    public string Route(string name) => (string?)http.GetRouteValue(name) ?? "";

    /// <summary>A value of the query; null when it is absent or empty.</summary>
    public string? Query(string name) =>
        http.Request.Query.TryGetValue(name, out var values) && values is [{ Length: > 0 } value] ? value : null;

    /// <summary>The dataset that the query limits the answer to, or that a parameter of it names; null for none.</summary>
    public DatasetId? QueriedDataset(string name = "dataset") =>
        Query(name) is not { } text ? null
        : DatasetId.TryParse(text, out DatasetId id) ? id
        : throw ErrorCode.InvalidName.With($"{Display.Quote(text)} is not a dataset id, which is a UUID.").ToException();

    /// <summary>All values of a parameter of the query that may be repeated.</summary>
    public IEnumerable<string> QueryAll(string name) => http.Request.Query[name].OfType<string>();

    /// <summary>A header; null when it is absent or empty.</summary>
    public string? Header(string name) =>
        http.Request.Headers.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;

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

    public static SnapshotRef? ParseSnapshot(string? text) => text is null ? null : SnapshotRef.Parse(text).Value;

    public LoginOrigin Origin => new(http.Connection.RemoteIpAddress, Header("User-Agent"));

    /// <summary>Reads the JSON body and leaves it there, for the next reader.</summary>
    public Task<T> PeekAsync<T>(JsonTypeInfo<T> type, CancellationToken ct) =>
        JsonBody.PeekAsync(Body, type, api.Options.Limits.MaxJsonBytes, ct);

    public Task<T> ReadAsync<T>(JsonTypeInfo<T> type, CancellationToken ct) =>
        JsonBody.ReadAsync(Body, type, api.Options.Limits.MaxJsonBytes, ct);

    /// <summary>Reads the whole body; null if it is longer than the limit.</summary>
    public async Task<byte[]?> TryReadAllAsync(int maxBytes, CancellationToken ct)
    {
        ReadResult read;
        while (!(read = await Body.ReadAsync(ct)).IsCompleted && read.Buffer.Length <= maxBytes)
        {
            Body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        byte[]? all = read.Buffer.Length <= maxBytes ? read.Buffer.ToArray() : null;
        Body.AdvanceTo(read.Buffer.End);
        return all;
    }
}
