using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Hutch.Model;

namespace Hutch.Agent.Metadata;

/// <summary>The text of a metadata file, with its byte order mark apart.</summary>
/// <param name="Text">The text.</param>
/// <param name="HasMark">Whether a byte order mark stands before it.</param>
internal sealed record MetadataText(string Text, bool HasMark)
{
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(code => (char)code).Except("\t\n\r\u0085"), '\u007f']);

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Reads bytes as UTF-8; others are refused with the place of the first wrong one.</summary>
    public static Result<MetadataText> Decode(ReadOnlySpan<byte> bytes, MetadataLimits limits)
    {
        if (bytes.Length > limits.MaxBytes)
        {
            return ErrorCode.TooLarge.With($"the file is larger than {limits.MaxBytes} bytes, the limit for a metadata file.");
        }

        bool hasMark = bytes.StartsWith(Mark);
        ReadOnlySpan<byte> body = hasMark ? bytes[Mark.Length..] : bytes;
        if (!Utf8.IsValid(body))
        {
            return Refuse(bytes, body);
        }

        string text = Encoding.UTF8.GetString(body);
        int control = text.AsSpan().IndexOfAny(Controls);
        return control < 0
            ? new MetadataText(text, hasMark)
            : ErrorCode.Unprocessable.With(
                $"line {LineOf(text.AsSpan(0, control))}: a control character (code {(int)text[control]}) stands here; a metadata file is "
                + "text. Save it as UTF-8 from a text editor.");
    }

    /// <summary>The bytes of a text that takes the place of this one.</summary>
    public byte[] Encode(string text)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        return HasMark ? [.. Mark, .. body] : body;
    }

    private static HutchError Refuse(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> body)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || bytes.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            return ErrorCode.Unprocessable.With("the file is UTF-16; save it as UTF-8.");
        }

        int valid = 0;
        while (Rune.DecodeFromUtf8(body[valid..], out _, out int used) == OperationStatus.Done)
        {
            valid += used;
        }

        int line = 1 + body[..valid].Count((byte)'\n');
        return ErrorCode.Unprocessable.With(
            $"line {line}: the byte 0x{body[valid]:x2} is not UTF-8. Save the file as UTF-8; other encodings (Latin-1, Windows-1250) "
            + "garble names.");
    }

    private static int LineOf(ReadOnlySpan<char> before) => 1 + before.Count('\n');
}
