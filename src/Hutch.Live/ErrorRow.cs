using System.Buffers;
using System.Text.Json;
using Hutch.Site.Runs;

namespace Hutch.Live;

/// <summary>The row of a frame that could not be analysed.</summary>
internal static class ErrorRow
{
    /// <summary>Writes the row.</summary>
    public static void Write(StoredFrame frame, string message, IBufferWriter<byte> row)
    {
        using var json = new Utf8JsonWriter(row);
        json.WriteStartObject();
        json.WriteNumber("file-number"u8, frame.Number);
        json.WriteString("error"u8, message);
        json.WriteEndObject();
    }
}
