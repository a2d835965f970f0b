using System.Buffers.Text;
using System.Diagnostics;

namespace Hutch.Model;

/// <summary>Writes canonical JSON tokens into a span that must be large enough; see <c>docs/formats/pages.md</c>.</summary>
internal ref struct SpanWriter(Span<byte> destination)
{
    /// <summary>The most bytes of one UTF-16 code unit: a control character as <c>\u00hh</c>.</summary>
    public const int MaxBytesPerUnit = 6;

    private readonly Span<byte> _destination = destination;

    public int Written { get; private set; }

    public void Raw(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Written..]);
        Written += bytes.Length;
    }

    public void Number(long value)
    {
        bool fits = Utf8Formatter.TryFormat(value, _destination[Written..], out int written);
        Debug.Assert(fits, "The caller's bound covers every number.");
        Written += written;
    }

    /// <summary>Writes 64 hex digits in quotes.</summary>
    public void Hash(BlobHash hash)
    {
        _destination[Written] = (byte)'"';
        hash.Format(_destination[(Written + 1)..]);
        _destination[Written + 1 + BlobHash.TextLength] = (byte)'"';
        Written += BlobHash.TextLength + 2;
    }

    /// <summary>Writes text as a JSON string.</summary>
    public void Text(string text)
    {
        if (!Ascii.IsValid(text) || JsonEscaping.NeedsEscape(text))
        {
            Text(Encoding.UTF8.GetBytes(text));
            return;
        }

        _destination[Written] = (byte)'"';
        Encoding.ASCII.GetBytes(text, _destination[(Written + 1)..]);
        _destination[Written + 1 + text.Length] = (byte)'"';
        Written += text.Length + 2;
    }

    /// <summary>Writes UTF-8 as a JSON string.</summary>
    public void Text(scoped ReadOnlySpan<byte> utf8)
    {
        _destination[Written++] = (byte)'"';
        while (!utf8.IsEmpty)
        {
            int plain = JsonEscaping.IndexOfEscaped(utf8);
            if (plain < 0)
            {
                Raw(utf8);
                break;
            }

            Raw(utf8[..plain]);
            Written += JsonEscaping.WriteEscape(utf8[plain], _destination[Written..]);
            utf8 = utf8[(plain + 1)..];
        }

        _destination[Written++] = (byte)'"';
    }
}
