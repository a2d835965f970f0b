using Hutch.Api.Documentation;
using Hutch.Api.Documents;
using Hutch.Api.Http;
using Hutch.Datasets.Events;

namespace Hutch.Api.Endpoints;

internal sealed class EventEndpoints(EventService events) : IEndpoints
{
    public void Add(EndpointTable table) =>
        table.Add("Events", RestCalls.Activity.FollowEvents, "Stream events of the datasets that the caller may view")
            .Query("dataset", "Only this dataset, by id").Query("after", "Continue after this event; without it, start now", "integer")
            .Header("Last-Event-ID", "Continue after this event; browsers send it automatically")
            .Answering(
                StatusCodes.Status200OK,
                "text/event-stream",
                "`id`: the number, `event`: the kind, `data`: JSON",
                HutchJson.Default.EventInfo)
            .Does(SendAsync);

    private async Task SendAsync(ApiRequest request)
    {
        DatasetId? dataset = request.QueriedDataset();
        EventService service = events;
        Result<Done> allowed = await service.AuthorizeReadAsync(request.Caller, dataset, request.Aborted);
        if (!allowed.IsOk)
        {
            await Problems.WriteAsync(request.Http, allowed.Error, request.Aborted);
            return;
        }

        long after = await FirstAsync(request, service);
        request.Http.Response.ContentType = "text/event-stream";
        request.Http.Response.Headers.CacheControl = "no-store";

        // Interrupted or not, the stream just ends: the reader returns with the last number it has seen and then receives the error.
        _ = await LiveAnswer.WriteAsync(
            request, ct => WriteAsync(request, reading => service.ReadAsync(request.Caller, dataset, after, reading), ct));
    }

    private static async Task WriteAsync(
        ApiRequest request, Func<CancellationToken, IAsyncEnumerable<VisibleEvent>> read, CancellationToken ct)
    {
        using var reading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using IAsyncEnumerator<VisibleEvent> next = read(reading.Token).GetAsyncEnumerator(reading.Token);
        Task<bool> arriving = Task.FromResult(false);
        try
        {
            await WriteAsync(request, ": hutch\n\n"u8.ToArray(), ct);
            while (true)
            {
                arriving = next.MoveNextAsync().AsTask();
                await WaitAsync(request, arriving, ct);
                if (!await arriving)
                {
                    return;
                }

                await WriteAsync(request, Format(EventDocuments.From(next.Current)), ct);
            }
        }
        finally
        {
            // The wait for the next event must end before the reading is closed.
            await reading.CancelAsync();
            await ((Task)arriving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Waits for an event; says something from time to time, so that the connection stays open.</summary>
    private static async Task WaitAsync(ApiRequest request, Task<bool> arriving, CancellationToken ct)
    {
        TimeSpan heartbeat = TimeSpan.FromSeconds(request.Api.Options.Limits.EventHeartbeatSeconds);
        while (!arriving.IsCompleted && !await ArrivesWithinAsync(arriving, heartbeat, request.Api.Options.Time, ct))
        {
            await WriteAsync(request, ": still here\n\n"u8.ToArray(), ct);
        }
    }

    private static async Task WriteAsync(ApiRequest request, byte[] text, CancellationToken ct)
    {
        await request.Http.Response.Body.WriteAsync(text, ct);
        await request.Http.Response.Body.FlushAsync(ct);
    }

    private static async Task<bool> ArrivesWithinAsync(Task task, TimeSpan time, TimeProvider clock, CancellationToken ct)
    {
        try
        {
            await task.WaitAsync(time, clock, ct);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private static byte[] Format(EventInfo happened) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"id: {happened.Sequence}\nevent: {happened.Kind}\ndata: {JsonSerializer.Serialize(happened, HutchJson.Default.EventInfo)}\n\n"));

    private static async ValueTask<long> FirstAsync(ApiRequest request, EventService service)
    {
        if (request.Query("after") is null
            && long.TryParse(request.Header("Last-Event-ID"), NumberStyles.None, CultureInfo.InvariantCulture, out long last))
        {
            return last;
        }

        long after = request.Number("after", -1, 0);
        return after >= 0 ? after : await service.NewestAsync(request.Aborted);
    }
}
