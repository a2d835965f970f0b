using Hutch.Messaging.Callbacks;

namespace Hutch.Processing.Sending;

/// <summary>
/// Sends the rows of a run to an address by HTTP, many in a request: while one is under way, the next rows gather. A receiver that takes
/// nothing is tried again as long as rows are written, and a while after: see "Results by HTTP" in docs/operations/control-system.md.
/// </summary>
internal sealed partial class CallbackDestination(
    RowPayload payload, Uri address, CallbackClient client, Task written, TimeProvider time, ILogger logger) : IRowDestination
{
    public const string Key = ".callback";

    private const int MaxRowsAtOnce = 500;
    private const int MaxCharactersAtOnce = 1 << 20;

    /// <summary>The time since which it fails while no more rows come; null when it does not.</summary>
    private long? _failsSince;

    public string Name => Key;

    public string? Trouble { get; private set; }

    public async Task<int> SendAsync(IReadOnlyList<SiteResult> rows, CancellationToken ct)
    {
        int sent = 0;
        while (sent < rows.Count)
        {
            int count = CountAtOnce(rows, sent);
            string id = string.Create(
                CultureInfo.InvariantCulture, $"{payload.Run.Id:N}.{rows[sent].Frame}-{rows[sent + count - 1].Frame}");
            IEnumerable<SiteResult> some = rows.Skip(sent).Take(count);
            if (!await PostAsync(id, RowPayload.Write(json => WriteRows(json, some)), ct))
            {
                break;
            }

            sent += count;
        }

        return sent;
    }

    public Task<bool> EndAsync(long rows, CancellationToken ct) => PostAsync(
        $"{payload.Run.Id:N}.end",
        RowPayload.Write(json =>
        {
            Begin(json, "result.end");
            json.WriteNumber("frames"u8, rows);
            json.WriteEndObject();
        }),
        ct);

    public string Explain(long rows) => string.Create(
        CultureInfo.InvariantCulture,
        $"{address.Host} did not take {(rows == 0 ? "" : rows == 1 ? "1 row and " : $"{rows} rows and ")}the end: {Trouble}. "
        + $"All rows are in the results.");

    private static int CountAtOnce(IReadOnlyList<SiteResult> rows, int from)
    {
        int count = 0;
        long characters = 0;
        while (count < MaxRowsAtOnce && from + count < rows.Count && (count == 0 || characters < MaxCharactersAtOnce))
        {
            characters += rows[from + count++].Row.Length;
        }

        return count;
    }

    private void WriteRows(Utf8JsonWriter json, IEnumerable<SiteResult> rows)
    {
        Begin(json, "result.rows");
        json.WriteStartArray("rows"u8);
        foreach (SiteResult row in rows)
        {
            json.WriteRawValue(row.Row);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private void Begin(Utf8JsonWriter json, string type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
        json.WriteString("file"u8, payload.Input);
        payload.WriteIds(json);
    }

    /// <summary>Sends until the receiver accepts it; false when it was given up.</summary>
    private async Task<bool> PostAsync(string id, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        RetryPolicy retry = RetryPolicy.Between(client.Options.RetryMilliseconds / 1000.0, client.Options.MaxRetrySeconds);
        for (int failures = 1; await client.PostAsync(address, id, body, ct) is { } trouble; failures++)
        {
            if (Trouble is null)
            {
                LogFails(logger, payload.Run.Id, address.Authority, trouble);
            }

            Trouble = trouble;
            _failsSince ??= written.IsCompleted ? time.GetTimestamp() : null;
            if (_failsSince is { } since && time.GetElapsedTime(since) >= TimeSpan.FromSeconds(client.Options.GiveUpSeconds))
            {
                LogGivenUp(logger, payload.Run.Id, address.Authority, trouble);
                return false;
            }

            await WaitAsync(retry.DelayAfter(failures), ct);
        }

        (Trouble, _failsSince) = (null, null);
        return true;
    }

    /// <summary>Waits; when no more rows come, for less time, as the time to give up then runs.</summary>
    private async Task WaitAsync(TimeSpan wait, CancellationToken ct)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task pause = Task.Delay(wait, time, over.Token);
        await (written.IsCompleted ? pause : Task.WhenAny(pause, written));
        await over.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    [LoggerMessage(
        EventId = 6109, Level = LogLevel.Warning, Message = "Rows of run {Run} wait, {Receiver} did not take them: {Reason}")]
    private static partial void LogFails(ILogger logger, Guid run, string receiver, string reason);

    [LoggerMessage(
        EventId = 6110, Level = LogLevel.Warning, Message = "Rows of run {Run} were given up, {Receiver} did not take them: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, Guid run, string receiver, string reason);
}
