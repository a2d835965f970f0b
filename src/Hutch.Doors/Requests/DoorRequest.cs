using System.IO.Pipelines;
using Hutch.Datasets;
using Microsoft.AspNetCore.Routing;

namespace Hutch.Doors.Requests;

/// <summary>One request with its caller. Errors in it are raised as refusals.</summary>
public class DoorRequest(HttpContext http, Caller caller, DoorContext door)
{
    private IdleTimeoutBody? _body;

    public HttpContext Http => http;

    public Caller Caller => caller;

    public DoorContext Door => door;

    /// <summary>Reads datasets: those of this site until <see cref="ReadFromAsync"/>, then the one of the request where it is.</summary>
    public DatasetReader Reader { get; private set; } = door.Router.Own;

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

    /// <summary>The body, given up when nothing comes for too long.</summary>
    public PipeReader Body => _body ??= new IdleTimeoutBody(http.Request.BodyReader, door.BodyIdle, door.Time);

    /// <summary>Releases the unused bytes of the body.</summary>
    public void ReleaseBody() => _body?.Release();

    /// <summary>Reads from the site that has the dataset from now on. Returns the refusal, or null.</summary>
    public async ValueTask<HutchError?> ReadFromAsync(DatasetId dataset, CancellationToken ct)
    {
        Result<ReadRoute> found = await door.Router.FindAsync(caller, dataset, At, ct);
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

    /// <summary>A header; null when it is absent or empty.</summary>
    public string? Header(string name) =>
        http.Request.Headers.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;

    public static SnapshotRef? ParseSnapshot(string? text) => text is null ? null : SnapshotRef.Parse(text).Value;

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
