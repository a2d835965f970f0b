using Hutch.Api.Http;
using Hutch.Datasets.Facility;
using Hutch.Datasets.Servers;
using Hutch.Site.Platform.Servers;
using Hutch.Site.Replication.Homes;
using Hutch.Site.Write.Blobs;
using Microsoft.Extensions.Logging;

namespace Hutch.Api.Servers;

/// <summary>
/// Answers only the other servers of the site: a request without a ticket learns nothing but that. Users' tokens and rights are not checked
/// here: the asking server has done so (decision 0169).
/// </summary>
internal sealed class ServerDoor(
    IOtherServers others, OwnedFiles files, ClusterRunState runs, ServerStates states, SharedFacility facility, WritePauses holds,
    ActiveRequests requests, ILogger<ServerDoor> logger)
    : RequestPipeline<ServerExchange, HutchError>(view: null, logger)
{
    private static readonly PathString Path = ServerTicket.Path.TrimEnd('/');

    private static readonly HutchError NotKnown =
        ErrorCode.NotFound.With("The server does not know the question. Do both run the same version?");

    public RequestDelegate Wrap(RequestDelegate next) => http =>
        http.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal) ? AnswerAsync(http) : next(http);

    protected override ServerExchange Begin(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        _ = http.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal, out PathString rest);
        return new ServerExchange(rest.Value!.TrimStart('/'), HttpMethods.IsPost(http.Request.Method));
    }

    protected override ValueTask<Result<Caller>> FindCallerAsync(HttpContext http, ServerExchange exchange)
    {
        bool isQuestion = exchange.IsOrder || HttpMethods.IsGet(http.Request.Method);
        string? authorization = isQuestion ? http.Request.Headers.Authorization.ToString() : null;
        var question = new ServerQuery(exchange.Name + http.Request.QueryString.Value, exchange.IsOrder);
        Result<ServerTicket> admitted = others.Admit(authorization, question);
        exchange.Ticket = admitted.IsOk ? admitted.Value : null;
        return new(admitted.Then<Caller>(static _ => Caller.Anonymous));
    }

    protected override IDisposable Enter(HttpContext http, ServerExchange exchange, Caller caller) =>
        requests.Begin("", RequestClass.Interactive, "servers", exchange.Name);

    protected override Task RunAsync(HttpContext http, ServerExchange exchange, Caller caller) =>
        AnswerAsync(http, exchange.Ticket!, exchange.Name, exchange.IsOrder, http.RequestAborted);

    protected override HutchError ToError(HttpContext http, ServerExchange exchange, Exception exception, out bool isFault) =>
        Problems.ToError(exception, out isFault);

    protected override Task WriteErrorAsync(HttpContext http, ServerExchange exchange, HutchError refusal) => exchange.Ticket is { } ticket
        ? WriteErrorAsync(http, ticket, refusal, http.RequestAborted)
        : Problems.WriteAsync(http, refusal, http.RequestAborted);

    private Task AnswerAsync(HttpContext http, ServerTicket ticket, string name, bool isOrder, CancellationToken ct) => name switch
    {
        SharedFacility.Question => RequestAgentAsync(http, ticket, isOrder, ct),
        WritePauses.Question when isOrder && DatasetId.TryParse(http.Request.Query["dataset"], out DatasetId dataset) =>
            HoldAsync(http, ticket, dataset, ct),
        _ when isOrder => WriteErrorAsync(http, ticket, NotKnown, ct),
        FolderBytes.Question => GiveFileAsync(http, ticket, ct),
        ServerStates.Question => GiveAsync(http, ticket, states.Write(), ct),
        ClusterRunState.ViewQuestion => GiveAsync(http, ticket, runs.WriteView(), ct),
        ClusterRunState.ProgressQuestion when Guid.TryParse(http.Request.Query["run"], out Guid run) =>
            GiveAsync(http, ticket, runs.WriteProgress(run), ct),
        _ => WriteErrorAsync(http, ticket, NotKnown, ct),
    };

    private async Task RequestAgentAsync(HttpContext http, ServerTicket ticket, bool isOrder, CancellationToken ct)
    {
        Result<byte[]> answer = await facility.AnswerAsync(http.Request.Query["request"].ToString(), isOrder, ct);
        await (answer.IsOk ? GiveAsync(http, ticket, answer.Value, ct) : WriteErrorAsync(http, ticket, answer.Error, ct));
    }

    private Task HoldAsync(HttpContext http, ServerTicket ticket, DatasetId dataset, CancellationToken ct)
    {
        holds.PauseForAnother(dataset);
        return GiveAsync(http, ticket, "{}"u8.ToArray(), ct);
    }

    private async Task GiveFileAsync(HttpContext http, ServerTicket ticket, CancellationToken ct)
    {
        IQueryCollection query = http.Request.Query;
        if (!BlobHash.TryParse(query["version"], out BlobHash version) || !DatasetId.TryParse(query["dataset"], out DatasetId dataset)
            || !long.TryParse(query["offset"], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
            || !int.TryParse(query["length"], NumberStyles.None, CultureInfo.InvariantCulture, out int length))
        {
            await WriteErrorAsync(http, ticket, ErrorCode.BadRequest.With("Which bytes of which version are meant is not clear."), ct);
            return;
        }

        RequestScope.Current?.Describe(FolderBytes.Question, dataset.ToString());
        Result<OwnedPart> read = await files.ReadAsync(version, dataset, offset, length, ct);
        if (!read.TryGet(out OwnedPart? part, out HutchError? refusal))
        {
            await WriteErrorAsync(http, ticket, refusal, ct);
            return;
        }

        using (part)
        {
            await GiveAsync(http, ticket, part.Bytes, ct);
        }
    }

    private static Task GiveAsync(HttpContext http, ServerTicket ticket, ReadOnlyMemory<byte> answer, CancellationToken ct) =>
        WriteAsync(http, ticket, StatusCodes.Status200OK, "application/octet-stream", answer, ct);

    private static Task WriteErrorAsync(HttpContext http, ServerTicket ticket, HutchError error, CancellationToken ct)
    {
        http.Response.Clear();
        http.Response.Headers.CacheControl = "no-store";
        return WriteAsync(http, ticket, error.Code.Status, "text/plain; charset=utf-8", ServerRefusal.Write(error), ct);
    }

    private static async Task WriteAsync(
        HttpContext http, ServerTicket ticket, int status, string type, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        http.Response.ContentLength = body.Length;
        http.Response.Headers[ServerTicket.ProofHeader] = ticket.Prove(status, body.Span);
        await http.Response.Body.WriteAsync(body, ct);
    }
}
