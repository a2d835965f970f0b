using System.Net.Http.Headers;

namespace Hutch.Client.Http;

/// <summary>A request body of JSON documents, one a line, written while they are enumerated; enumerated anew for each attempt.</summary>
internal sealed class LineContent : HttpContent
{
    private const int FlushBytes = 32 * 1024;

    private readonly IEnumerable<Action<Utf8JsonWriter>> _lines;

    private LineContent(IEnumerable<Action<Utf8JsonWriter>> lines)
    {
        _lines = lines;
        Headers.ContentType = new MediaTypeHeaderValue(HutchMediaTypes.Lines);
    }

    internal static LineContent From<T>(IEnumerable<T> items, JsonTypeInfo<T> type) => new(Lines(items, type));

    internal static LineContent From(CommitHeader header, IEnumerable<CommitChange> changes) =>
        new(Lines([header], HutchJson.Default.CommitHeader).Concat(Lines(changes, HutchJson.Default.CommitChange)));

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushBytes * 2);
        await using var json = new Utf8JsonWriter(buffer);
        foreach (Action<Utf8JsonWriter> write in _lines)
        {
            write(json);
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
            if (buffer.WrittenCount > FlushBytes)
            {
                await stream.WriteAsync(buffer.WrittenMemory, cancellationToken);
                buffer.ResetWrittenCount();
            }
        }

        await stream.WriteAsync(buffer.WrittenMemory, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private static IEnumerable<Action<Utf8JsonWriter>> Lines<T>(IEnumerable<T> items, JsonTypeInfo<T> type) =>
        items.Select(item => (Action<Utf8JsonWriter>)(json => JsonSerializer.Serialize(json, item, type)));
}
