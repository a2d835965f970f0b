namespace Hutch.S3.Xml;

/// <summary>
/// Writes elements in S3's form directly into the buffers of the answer. A listing has ten thousand of them: .NET's writer took a quarter
/// of its time. Names are constants of the program; texts may have any character.
/// </summary>
/// <remarks>Characters that XML 1.0 cannot represent are still written as references, as S3 does.</remarks>
internal sealed class XmlOutput(IBufferWriter<byte> output)
{
    private const int ChunkBytes = 4096;
    private const int MaxNumberBytes = 24;
    private const int TimeBytes = 24;
    private const int MaxShort = 1024;

    private const string Controls =
        "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\u0008\u000b\u000c\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017"
        + "\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f";

    private static readonly SearchValues<char> InText = SearchValues.Create("&<>" + Controls);
    private static readonly SearchValues<char> InAttribute = SearchValues.Create("&<>\"\t\n" + Controls);

    private readonly Stack<string> _open = new();
    private Memory<byte> _chunk;
    private int _used;

    public void Declaration() => Raw("<?xml version=\"1.0\" encoding=\"utf-8\"?>");

    public void Start(string name)
    {
        Raw("<");
        Raw(name);
        Raw(">");
        _open.Push(name);
    }

    public void Start(string name, params ReadOnlySpan<(string Name, string Value)> attributes)
    {
        Raw("<");
        Raw(name);
        foreach ((string attribute, string value) in attributes)
        {
            Raw(" ");
            Raw(attribute);
            Raw("=\"");
            Escape(value, InAttribute);
            Raw("\"");
        }

        Raw(">");
        _open.Push(name);
    }

    /// <summary>Ends the element that began last.</summary>
    public void End()
    {
        Raw("</");
        Raw(_open.Pop());
        Raw(">");
    }

    public void Element(string name, ReadOnlySpan<char> text)
    {
        if (text.Length > MaxShort || text.ContainsAny(InText))
        {
            Start(name);
            Text(text);
            End();
            return;
        }

        Span<byte> buffer = Reserve((name.Length * 2) + 5 + (text.Length * 3));
        int at = Begin(buffer, name);
        at += Encoding.UTF8.GetBytes(text, buffer[at..]);
        _used += at + Finish(buffer[at..], name);
    }

    public void Element(string name, long number)
    {
        Span<byte> buffer = Reserve((name.Length * 2) + 5 + MaxNumberBytes);
        int at = Begin(buffer, name);
        number.TryFormat(buffer[at..], out int written, default, CultureInfo.InvariantCulture);
        at += written;
        _used += at + Finish(buffer[at..], name);
    }

    /// <summary>Writes an element that holds a time in UTC, as <c>2013-05-24T00:00:00.000Z</c>.</summary>
    public void Element(string name, DateTimeOffset time)
    {
        Span<byte> buffer = Reserve((name.Length * 2) + 5 + TimeBytes);
        int at = Begin(buffer, name);
        WriteTime(buffer[at..], time.UtcDateTime);
        at += TimeBytes;
        _used += at + Finish(buffer[at..], name);
    }

    public void Text(ReadOnlySpan<char> text) => Escape(text, InText);

    private void Escape(ReadOnlySpan<char> text, SearchValues<char> specials)
    {
        while (!text.IsEmpty)
        {
            int special = text.IndexOfAny(specials);
            ReadOnlySpan<char> plain = special < 0 ? text : text[..special];
            Raw(plain);
            if (special < 0)
            {
                return;
            }

            Reference(text[special]);
            text = text[(special + 1)..];
        }
    }

    /// <summary>Passes the written bytes to the buffers.</summary>
    public void Flush()
    {
        if (_used > 0)
        {
            output.Advance(_used);
        }

        _chunk = default;
        _used = 0;
    }

    /// <summary>Names have nothing but ASCII.</summary>
    private static int Begin(Span<byte> buffer, string name)
    {
        buffer[0] = (byte)'<';
        for (int i = 0; i < name.Length; i++)
        {
            buffer[i + 1] = (byte)name[i];
        }

        buffer[name.Length + 1] = (byte)'>';
        return name.Length + 2;
    }

    private static int Finish(Span<byte> buffer, string name)
    {
        _ = Begin(buffer[1..], name);
        buffer[0] = (byte)'<';
        buffer[1] = (byte)'/';
        return name.Length + 3;
    }

    private static void WriteTime(Span<byte> text, DateTime utc)
    {
        "0000-00-00T00:00:00.000Z"u8.CopyTo(text);
        Digits(text[..4], utc.Year);
        Digits(text[5..7], utc.Month);
        Digits(text[8..10], utc.Day);
        Digits(text[11..13], utc.Hour);
        Digits(text[14..16], utc.Minute);
        Digits(text[17..19], utc.Second);
        Digits(text[20..23], utc.Millisecond);
    }

    private static void Digits(Span<byte> destination, int value)
    {
        for (int i = destination.Length - 1; i >= 0; i--)
        {
            (value, int digit) = Math.DivRem(value, 10);
            destination[i] = (byte)('0' + digit);
        }
    }

    private void Reference(char special)
    {
        string text = special switch
        {
            '&' => "&amp;",
            '<' => "&lt;",
            '>' => "&gt;",
            '"' => "&quot;",
            _ => string.Create(CultureInfo.InvariantCulture, $"&#x{(int)special:X};"),
        };
        Raw(text);
    }

    private void Raw(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            // Never between the halves of a pair.
            int count = Math.Min(text.Length, ChunkBytes / 4);
            if (count < text.Length && char.IsHighSurrogate(text[count - 1]))
            {
                count--;
            }

            // Room may begin a new chunk, so that it is asked for first.
            Span<byte> buffer = Reserve(Encoding.UTF8.GetMaxByteCount(count));
            _used += Encoding.UTF8.GetBytes(text[..count], buffer);
            text = text[count..];
        }
    }

    private Span<byte> Reserve(int bytes)
    {
        if (_chunk.Length - _used < bytes)
        {
            Flush();
            _chunk = output.GetMemory(Math.Max(bytes, ChunkBytes));
        }

        return _chunk.Span[_used..];
    }
}
