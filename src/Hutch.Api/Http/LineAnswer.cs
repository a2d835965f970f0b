using Hutch.Api.Documents;

namespace Hutch.Api.Http;

/// <summary>Answers with JSON lines and a final one, so that a cut stream is seen. A fault after the first line is the last line.</summary>
internal sealed class LineAnswer : IDisposable
{
    private const int FlushBytes = 64 << 10;

    private readonly HttpContext _http;
    private readonly ArrayBufferWriter<byte> _lines = new();
    private readonly Utf8JsonWriter _json;

    private LineAnswer(HttpContext http)
    {
        _http = http;
        _json = new Utf8JsonWriter(_lines, new JsonWriterOptions { SkipValidation = true });
    }

    public long Count { get; private set; }

    public static async Task SendAsync(HttpContext http, Func<LineAnswer, Task> write)
    {
        http.Response.ContentType = HutchMediaTypes.Lines;
        http.Response.Headers.CacheControl = "no-store";
        using var answer = new LineAnswer(http);
        try
        {
            await write(answer);
        }
        catch (Exception e) when (answer.Count > 0 && e is not OperationCanceledException)
        {
            HutchError error = Problems.ToError(e, out bool isFault);
            if (isFault)
            {
                http.Features.Get<RestExchange>()?.Record(e);
            }

            answer.Write(
                new StreamEnd { End = false, Count = answer.Count, Problem = Problems.ToProblem(http, error) },
                HutchJson.Default.StreamEnd);
        }

        await answer.FlushAsync(http.RequestAborted);
    }

    /// <summary>Writes a line, and sends the buffered ones when they are many.</summary>
    public ValueTask WriteAsync<T>(T line, JsonTypeInfo<T> type, CancellationToken ct)
    {
        Write(line, type);
        return CountAsync(ct);
    }

    /// <summary>Writes an item of a listing as a line.</summary>
    public ValueTask WriteAsync(ListItem item, CancellationToken ct)
    {
        _json.Reset();
        ListItemJson.Write(_json, item);
        EndLine();
        return CountAsync(ct);
    }

    /// <summary>Writes a line that is JSON already.</summary>
    public ValueTask WriteAsync(string json, CancellationToken ct)
    {
        _ = Encoding.UTF8.GetBytes(json, _lines);
        _lines.Write("\n"u8);
        return CountAsync(ct);
    }

    private ValueTask CountAsync(CancellationToken ct)
    {
        Count++;
        return _lines.WrittenCount >= FlushBytes ? FlushAsync(ct) : ValueTask.CompletedTask;
    }

    public async ValueTask FlushAsync(CancellationToken ct)
    {
        FlushResult flushed = await _http.Response.BodyWriter.WriteAsync(_lines.WrittenMemory, ct);
        _lines.ResetWrittenCount();
        if (flushed.IsCompleted)
        {
            throw new OperationCanceledException("The client went away.", _http.RequestAborted);
        }
    }

    public void End() => Write(new StreamEnd { End = true, Count = Count }, HutchJson.Default.StreamEnd);

    /// <summary>Writes a line that is not counted.</summary>
    public void Write<T>(T line, JsonTypeInfo<T> type)
    {
        _json.Reset();
        JsonSerializer.Serialize(_json, line, type);
        EndLine();
    }

    public void Dispose() => _json.Dispose();

    private void EndLine()
    {
        _json.Flush();
        _lines.Write("\n"u8);
    }
}
