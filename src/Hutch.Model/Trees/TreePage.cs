namespace Hutch.Model;

/// <summary>
/// A parsed page: part of one directory, with every line checked and entries created on demand. Immutable and thread-safe.
/// </summary>
internal sealed class TreePage
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly PageRow[] _rows;
    private readonly byte[] _keys;

    internal TreePage(ReadOnlyMemory<byte> bytes, int level, BlobHash contentId, PageRow[] rows, byte[] keys, long files, long sizes)
    {
        _bytes = bytes;
        _rows = rows;
        _keys = keys;
        Level = level;
        ContentId = contentId;
        Files = files;
        Bytes = sizes;
    }

    /// <summary>The level: 0 for a leaf, which has entries; higher levels have child pages of the level below.</summary>
    public int Level { get; }

    public BlobHash ContentId { get; }

    /// <summary>The number of lines without the header.</summary>
    public int Count => _rows.Length;

    /// <summary>The number of files, links and empty directories at and below this page.</summary>
    public long Files { get; }

    public long Bytes { get; }

    /// <summary>The approximate memory of the page, in bytes.</summary>
    internal int MemoryBytes => _bytes.Length + _keys.Length + (_rows.Length * 20) + 128;

    /// <summary>
    /// Parses a page from any source. The error (<see cref="ErrorCode.InvalidBody"/>) names the line and the fault. An accepted page would
    /// be written with exactly the same bytes.
    /// </summary>
    public static Result<TreePage> Parse(ReadOnlyMemory<byte> bytes) => new PageParser(bytes, PageLimits.Standard).Parse();

    internal byte Kind(int index) => _rows[index].Kind;

    internal PageItem Item(int index) => PageLine.ReadItem(_bytes.Span, _rows[index].LineStart);

    internal TreeRoot Below(int index) => Item(index).Below;

    /// <summary>The key of a line: the name, with a final slash for a sub-directory.</summary>
    internal ReadOnlySpan<byte> Key(int index) => KeyOf(_bytes.Span, _keys, _rows[index]);

    internal ReadOnlySpan<byte> LastKey => Count == 0 ? default : Key(Count - 1);

    /// <summary>Finds a key in the bytes of a page or among its unescaped keys.</summary>
    internal static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> keys, PageRow row) =>
        row.KeyStart >= 0 ? bytes.Slice(row.KeyStart, row.KeyLength) : keys.Slice(~row.KeyStart, row.KeyLength);

    internal string Name(int index)
    {
        ReadOnlySpan<byte> key = Key(index);
        return Encoding.UTF8.GetString(_rows[index].Kind == PageItemKind.Directory ? key[..^1] : key);
    }

    /// <summary>The raw line, with its line feed.</summary>
    internal ReadOnlySpan<byte> LineWithFeed(int index) => _bytes.Span.Slice(_rows[index].LineStart, _rows[index].LineLength);

    /// <summary>Parses the entry of a line that is a file, a link or an empty directory.</summary>
    internal Entry Entry(int index) => PageLine.ReadEntry(_bytes.Span, _rows[index].LineStart);

    /// <summary>The first line whose key is at or after the given one; <see cref="Count"/> if there is none.</summary>
    internal int LowerBound(ReadOnlySpan<byte> key)
    {
        int low = 0, high = _rows.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Key(middle).SequenceCompareTo(key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    /// <summary>The line with exactly this key; -1 for none.</summary>
    internal int Find(ReadOnlySpan<byte> key)
    {
        int index = LowerBound(key);
        return index < Count && Key(index).SequenceEqual(key) ? index : -1;
    }
}

/// <summary>The fields of a line that a parsed page retains; the others are read from the line on demand.</summary>
/// <param name="KeyStart">
/// The start of its key in the page's bytes; if negative, the complement is the start in the page's unescaped keys.
/// </param>
/// <param name="KeyLength">The bytes in its key.</param>
/// <param name="LineLength">The bytes in its line with its line feed.</param>
internal readonly record struct PageRow(byte Kind, int KeyStart, int KeyLength, int LineStart, int LineLength);
