namespace Hutch.Client.Workspaces;

/// <summary>
/// Writes one of the files that <see cref="JsonLines"/> reads, item by item. The old file stays until the last item is written.
/// </summary>
internal sealed class JsonLinesWriter<T> : IDisposable
{
    private readonly FileReplacement _file;
    private readonly ArrayBufferWriter<byte> _line = new(); // a writer that knew the stream would flush it with each line
    private readonly Utf8JsonWriter _json;
    private readonly JsonTypeInfo<T> _type;
    private int _count;

    private JsonLinesWriter(string path, JsonTypeInfo<T> type)
    {
        _type = type;
        _file = new FileReplacement(path);
        _json = new Utf8JsonWriter(_line);
    }

    internal static JsonLinesWriter<T> Begin<THead>(string path, THead head, JsonTypeInfo<THead> headType, JsonTypeInfo<T> type)
    {
        var writer = new JsonLinesWriter<T>(path, type);
        writer.WriteLine(head, headType);
        return writer;
    }

    internal void Add(T item)
    {
        WriteLine(item, _type);
        _count++;
    }

    /// <summary>Adds the last line and replaces the file; not <paramref name="durable"/>: one that may be lost in a power loss.</summary>
    internal void Complete(bool durable)
    {
        _file.Stream.Write(JsonLines.EndLine(_count));
        _file.Stream.WriteByte((byte)'\n');
        _file.Publish(durable);
    }

    public void Dispose()
    {
        _json.Dispose();
        _file.Dispose();
    }

    private void WriteLine<TLine>(TLine line, JsonTypeInfo<TLine> type)
    {
        JsonSerializer.Serialize(_json, line, type);
        _json.Flush();
        _json.Reset();
        _file.Stream.Write(_line.WrittenSpan);
        _line.ResetWrittenCount();
        _file.Stream.WriteByte((byte)'\n');
    }
}
