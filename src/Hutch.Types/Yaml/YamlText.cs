using System.Buffers;
using System.Text.Unicode;

namespace Hutch.Types.Yaml;

/// <summary>The text of a YAML file, without its byte order mark.</summary>
/// <param name="HasMark">True if a byte order mark precedes the text.</param>
public sealed record YamlText(string Text, bool HasMark)
{
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(code => (char)code).Except("\t\n\r\u0085"), '\u007f']);

    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <summary>Decodes UTF-8. Other bytes are refused with the position of the first invalid one.</summary>
    public static Result<YamlText> Decode(ReadOnlySpan<byte> bytes, YamlLimits limits)
    {
        if (bytes.Length > limits.MaxBytes)
        {
            return ErrorCode.TooLarge.With($"the file is larger than {limits.MaxBytes} bytes, which is the limit.");
        }

        bool hasMark = bytes.StartsWith(Mark);
        ReadOnlySpan<byte> body = hasMark ? bytes[Mark.Length..] : bytes;
        if (!Utf8.IsValid(body))
        {
            return Reject(bytes, body);
        }

        string text = Encoding.UTF8.GetString(body);
        int control = text.AsSpan().IndexOfAny(Controls);
        return control < 0
            ? new YamlText(text, hasMark)
            : At(
                text.AsSpan(0, control),
                $"there is a control character here (code {(int)text[control]}). Save the file as UTF-8 from a text editor.");
    }

    /// <summary>Returns the bytes of a text that replaces this one, with the same byte order mark.</summary>
    public byte[] Encode(string text)
    {
        byte[] body = Encoding.UTF8.GetBytes(text);
        return HasMark ? [.. Mark, .. body] : body;
    }

    private static HutchError Reject(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> body)
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

        return At(
            Encoding.UTF8.GetString(body[..valid]),
            $"the byte 0x{body[valid]:x2} is not UTF-8. Save the file as UTF-8; other encodings (Latin-1, Windows-1250) garble names.");
    }

    private static HutchError At(ReadOnlySpan<char> before, string words) =>
        new DocumentProblem(1 + before.Count('\n'), before.Length - before.LastIndexOf('\n'), words).ToError();
}
