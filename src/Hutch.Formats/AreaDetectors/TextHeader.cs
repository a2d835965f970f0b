using Hutch.Formats.Zarr;

namespace Hutch.Formats.AreaDetectors;

/// <summary>A header of keys and values between braces, <c>{ KEY = value; … }</c>, as in EDF and SMV.</summary>
internal sealed class TextHeader
{
    private const int FirstBytes = 8192;
    private const int MaxBytes = 1 << 20;

    private readonly Dictionary<string, string> _values;

    private TextHeader(Dictionary<string, string> values, long end) => (_values, End) = (values, end);

    /// <summary>The offset after the closing brace and the end of its line.</summary>
    public long End { get; }

    public IReadOnlyDictionary<string, string> Values => _values;

    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Reads the header that begins at an offset. Keys differ in case only by mistake.</summary>
    public static TextHeader Read(IFileBytes file, long offset)
    {
        byte[] bytes = [];
        for (long wanted = FirstBytes; ; wanted *= 4)
        {
            bytes = new byte[(int)Math.Min(wanted, file.Length - offset)];
            file.Read(offset, bytes);
            int close = EndOf(bytes);
            if (close > 0)
            {
                return new TextHeader(Parse(bytes.AsSpan(0, close)), offset + EndOfLine(bytes, close + 1));
            }

            if (bytes.Length < wanted || wanted >= MaxBytes)
            {
                throw ErrorCode.UnreadableFile.With($"{file.Name} has a header without an end.").ToException();
            }
        }
    }

    public long? Whole(string key) =>
        long.TryParse(this[key], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) ? value : null;

    public double? Number(string key) => Numeric.Parse(this[key]);

    /// <summary>The index of the closing brace, which begins or ends a line; 0 for none.</summary>
    private static int EndOf(ReadOnlySpan<byte> bytes)
    {
        for (int at = 1; at < bytes.Length; at++)
        {
            if (bytes[at] == '}' && (at + 1 == bytes.Length || bytes[at + 1] is (byte)'\n' or (byte)'\r' or (byte)'\f'))
            {
                return at;
            }
        }

        return 0;
    }

    private static int EndOfLine(ReadOnlySpan<byte> bytes, int at)
    {
        at += at < bytes.Length && bytes[at] == '\r' ? 1 : 0;
        return at + (at < bytes.Length && bytes[at] == '\n' ? 1 : 0);
    }

    private static Dictionary<string, string> Parse(ReadOnlySpan<byte> bytes)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach (string item in Encoding.Latin1.GetString(bytes[1..]).Split(';'))
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                values[item[..equals].Trim()] = item[(equals + 1)..].Trim();
            }
        }

        return values;
    }
}
