using System.Buffers;
using System.Buffers.Text;

namespace Hutch.Model.Records;

/// <summary>
/// Writes journal records as JSON lines: no white space, the sequence number first (<c>{"seq":N,"k":KIND,…}</c>), then the keys in the
/// order of declaration, without null values. Reuses its buffers; not thread-safe.
/// </summary>
public sealed class RecordLineWriter : IDisposable
{
    private static readonly JsonWriterOptions Options = new() { SkipValidation = true };

    private readonly ArrayBufferWriter<byte> _body = new(1024);
    private readonly Utf8JsonWriter _json;

    public RecordLineWriter() => _json = new Utf8JsonWriter(_body, Options);

    public void Write(IBufferWriter<byte> output, JournalRecord record)
    {
        _body.ResetWrittenCount();
        _json.Reset();
        JsonSerializer.Serialize(_json, record, RecordJsonContext.Default.JournalRecord);
        _json.Flush();

        Span<byte> head = output.GetSpan(32);
        "{\"seq\":"u8.CopyTo(head);
        Utf8Formatter.TryFormat(record.Sequence, head[7..], out int digits);
        head[7 + digits] = (byte)',';
        output.Advance(8 + digits);
        output.Write(_body.WrittenSpan[1..]);
        output.Write("\n"u8);
    }

    public void Dispose() => _json.Dispose();
}
