namespace Hutch.Api.Http;

/// <summary>Answers with JSON lines and a final one, so that a cut stream is seen. A fault after the first line is the last line.</summary>
internal sealed class LineAnswer : IDisposable
{
    private const int FlushBytes = 64 << 10;

    private readonly HttpContext _http;
    private readonly PipeWriter _body;
    private readonly Utf8JsonWriter _json;

    private LineAnswer(HttpContext http)
    {
        _http = http;
        _body = http.Response.BodyWriter;
        _json = new Utf8JsonWriter(_body, new JsonWriterOptions { SkipValidation = true });
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
                http.Features.Get<RequestFault>()?.Record(e);
            }

            answer.Write(
                new StreamEnd { End = false, Count = answer.Count, Problem = Problems.ToProblem(http, error) },
                HutchJson.Default.StreamEnd);
        }

        await answer._body.FlushAsync(http.RequestAborted);
    }

    /// <summary>Writes a line, and sends the buffered ones when they are many.</summary>
    public ValueTask WriteAsync<T>(T line, JsonTypeInfo<T> type, CancellationToken ct)
    {
        Write(line, type);
        return CountAsync(ct);
    }

    /// <summary>Writes a line that is JSON already.</summary>
    public ValueTask WriteAsync(string json, CancellationToken ct)
    {
        _ = Encoding.UTF8.GetBytes(json, _body);
        _body.Write("\n"u8);
        return CountAsync(ct);
    }

    private async ValueTask CountAsync(CancellationToken ct)
    {
        Count++;
        if (_body.UnflushedBytes >= FlushBytes)
        {
            await FlushAsync(ct);
        }
    }

    public async ValueTask FlushAsync(CancellationToken ct)
    {
        FlushResult flushed = await _body.FlushAsync(ct);
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
        _json.Flush();
        _body.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();
}
