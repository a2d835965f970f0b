using System.Text.Unicode;

namespace Hutch.Model;

/// <summary>Parses and checks one page, by every rule of <c>docs/formats/pages.md</c> that concerns a single page.</summary>
internal sealed class PageParser(ReadOnlyMemory<byte> bytes, PageLimits limits)
{
    private readonly ByteBuffer _keys = new(256);
    private readonly ByteBuffer _reduced = new(bytes.Length / 2);
    private PageRow[] _rows = [];
    private int _count;
    private long _files;
    private long _bytes;

    /// <summary>Parses the page. Can be called once.</summary>
    public Result<TreePage> Parse()
    {
        ReadOnlySpan<byte> page = bytes.Span;
        if (page.Length > PageLimits.MaxPageBytes)
        {
            return Reject($"it has {page.Length} bytes, and {PageLimits.MaxPageBytes} are the most");
        }

        if (FindFaultInHeader(page, out int level, out BlobHash contentId) is { } headerFault)
        {
            return Reject(headerFault);
        }

        if (!Utf8.IsValid(page))
        {
            return Reject("it is not valid UTF-8");
        }

        // A last line without its line feed has a row too, and is refused when it is read.
        int lines = page[PageFormat.HeaderLength..].Count((byte)'\n') + (page[^1] == '\n' ? 0 : 1);
        _rows = new PageRow[Math.Min(lines, limits.MaxEntries)];
        int at = PageFormat.HeaderLength;
        while (at < page.Length)
        {
            if (TryAddLine(page, at, level) is { } fault)
            {
                return Reject($"line {_count + 2}: {fault}");
            }

            at += _rows[_count - 1].LineLength;
        }

        string? wrong = level > 0 && _count == 0 ? "an index page names at least one page"
            : BlobHash.Compute(_reduced.Written) != contentId ? "its contentId is not that of its entries"
            : null;
        return wrong is null ? new TreePage(bytes, level, contentId, _rows, _keys.Written.ToArray(), _files, _bytes) : Reject(wrong);
    }

    private static HutchError Reject(string fault) => ErrorCode.InvalidBody.With($"The page is not valid: {fault}.");

    private static string? FindFaultInHeader(ReadOnlySpan<byte> page, out int level, out BlobHash contentId)
    {
        level = 0;
        contentId = default;
        if (page.Length < PageFormat.HeaderLength || !page.StartsWith(PageFormat.HeaderStart))
        {
            return "it does not start with the header of a hutch-page/1";
        }

        level = page[PageFormat.HeaderStart.Length] - '0';
        ReadOnlySpan<byte> digits = page.Slice(
            PageFormat.HeaderLength - PageFormat.HeaderEnd.Length - BlobHash.TextLength, BlobHash.TextLength);
        if (level is < 0 or > PageLimits.MaxLevel || !BlobHash.TryParseLower(digits, out contentId))
        {
            return "its header has no level or no contentId";
        }

        Span<byte> canonical = stackalloc byte[PageFormat.HeaderLength];
        PageFormat.WriteHeader(canonical, level, contentId);
        return page.StartsWith(canonical) ? null : "its header is not written as it must be";
    }

    private string? TryAddLine(ReadOnlySpan<byte> page, int at, int level)
    {
        if (_count == limits.MaxEntries)
        {
            return $"a page has at most {limits.MaxEntries} entries";
        }

        var line = new PageLine(page, at);
        if (!line.TryReadItem(out PageItem item))
        {
            return line.Fault;
        }

        if (item.Kind == PageItemKind.ChildPage != level > 0)
        {
            return level > 0 ? "only pages can stand in an index page" : "a page can stand in an index page only";
        }

        PageRow row = MakeRow(page, at, in line, item.Kind);
        ReadOnlySpan<byte> key = TreePage.KeyOf(page, _keys.Written, row);
        return FindFaultInName(row.Kind, key)
            ?? FindFaultInOrder(page, key)
            ?? (line.HasTexts ? EntryRules.CheckHashed(PageLine.ReadEntry(page, at)).Error?.Message.TrimEnd('.') : null)
            ?? Add(key, in item, row);
    }

    // The key is the name's bytes in the page, unless it is escaped or needs the slash of a sub-directory.
    private PageRow MakeRow(ReadOnlySpan<byte> page, int at, in PageLine line, byte kind)
    {
        (int start, int length) = line.RawName;
        if (kind != PageItemKind.Directory && !line.NameIsEscaped)
        {
            return new PageRow(kind, start, length, at, line.Position - at);
        }

        int keyStart = _keys.Count;
        _keys.Advance(PageLine.Unescape(page.Slice(start, length), _keys.GetSpan(length)));
        if (kind == PageItemKind.Directory)
        {
            _keys.Append((byte)'/');
        }

        return new PageRow(kind, ~keyStart, _keys.Count - keyStart, at, line.Position - at);
    }

    private static string? FindFaultInName(byte kind, ReadOnlySpan<byte> key)
    {
        bool isDirectory = key.EndsWith("/"u8) && kind is PageItemKind.Directory or PageItemKind.ChildPage;
        ReadOnlySpan<byte> name = isDirectory ? key[..^1] : key;
        if (name.IsEmpty
            || name.Length > DatasetPath.MaxBytes
            || name.ContainsAny((byte)'/', (byte)0)
            || name.SequenceEqual("."u8)
            || name.SequenceEqual(".."u8))
        {
            return "its name is not the name of a file";
        }

        if (name.ContainsAnyInRange((byte)0xcc, (byte)0xff))
        {
            string text = Encoding.UTF8.GetString(name);
            return string.Equals(Nfc.Normalize(text), text, StringComparison.Ordinal) ? null : "its name is not in NFC";
        }

        return null;
    }

    private string? FindFaultInOrder(ReadOnlySpan<byte> page, ReadOnlySpan<byte> key)
    {
        if (_count > 0 && KeyOf(page, _count - 1).SequenceCompareTo(key) >= 0)
        {
            return "it is not in the order of the names";
        }

        return _count > 0 && key[^1] == '/' && _rows[0].Kind != PageItemKind.ChildPage && Contains(page, key[..^1])
            ? "its name is a file and a directory"
            : null;
    }

    private bool Contains(ReadOnlySpan<byte> page, ReadOnlySpan<byte> key)
    {
        int low = 0, high = _count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = KeyOf(page, middle).SequenceCompareTo(key);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    private ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> page, int index) => TreePage.KeyOf(page, _keys.Written, _rows[index]);

    private string? Add(ReadOnlySpan<byte> key, in PageItem item, PageRow row)
    {
        if (item.Files > long.MaxValue - _files || item.Bytes > long.MaxValue - _bytes)
        {
            return "the sums of the page are too large";
        }

        _files += item.Files;
        _bytes += item.Bytes;
        PageFormat.AppendReduced(_reduced, key, in item);
        _rows[_count++] = row;
        return null;
    }
}
