using System.Buffers;
using System.Text.Encodings.Web;

namespace Hutch.Formats.Zarr;

internal static class JsonBytes
{
    // Not for HTML: the answers are JSON, with their own type.
    private static readonly JsonWriterOptions Plain =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Returns the written JSON, as UTF-8.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Plain))
        {
            write(json);
        }

        return bytes.WrittenMemory;
    }
}
