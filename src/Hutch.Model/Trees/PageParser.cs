using System.Text;
using System.Text.Unicode;

namespace Hutch.Model;

/// <summary>Reads and checks one page; every rule of <c>docs/formats/pages.md</c> that a page can break on its own is checked here.</summary>
internal sealed class PageParser(ReadOnlyMemory<byte> bytes, PageLimits limits)
{
    private const int ShortestLine = 16;

    private readonly ByteBuffer _keys = new(256);
    private readonly ByteBuffer _reduced = new(bytes.Length / 2);
    private long _files;
    private long _bytes;

    /// <summary>Reads the page.</summary>
    public Result<Page> Parse()
    {
        ReadOnlySpan<byte> page = bytes.Span;
        if (page.Length > PageLimits.MaxPageBytes)
        {
            return Refuse($"it has {page.Length} bytes, and {PageLimits.MaxPageBytes} are the most");
        }

        if (FindFaultInHeader(page, out int level, out BlobHash contentId) is { } headerFault)
        {
            return Refuse(headerFault);
        }

        if (!Utf8.IsValid(page))
        {
            return Refuse("it is not valid UTF-8");
        }

        var items = new List<PageItem>(Math.Min(limits.MaxEntries, page.Length / ShortestLine));
        int at = PageFormat.HeaderLength;
        while (at < page.Length)
        {
            if (TryAddLine(page, at, level, items) is { } fault)
            {
                return Refuse($"line {items.Count + 2}: {fault}");
            }

            at = items[^1].LineStart + items[^1].LineLength + 1;
        }

        string? wrong = level > 0 && items.Count == 0 ? "an index page names at least one page"
            : BlobHash.Of(_reduced.Written) != contentId ? "its contentId is not that of its entries"
            : null;
        return wrong is null ? Page.Checked(bytes, level, contentId, [.. items], _keys.Written.ToArray()) : Refuse(wrong);
    }

    private static HutchError Refuse(string fault) => ErrorCode.InvalidBody.With($"The page is not valid: {fault}.");

    private static string? FindFaultInHeader(ReadOnlySpan<byte> page, out int level, out BlobHash contentId)
    {
        level = 0;
        contentId = default;
        if (page.Length < PageFormat.HeaderLength || !page.StartsWith(PageFormat.HeaderStart))
        {
            return "it does not start with the header of a hutch-page/1";
        }

        level = page[PageFormat.HeaderStart.Length] - '0';
        ReadOnlySpan<byte> digits = page.Slice(PageFormat.HeaderLength - PageFormat.HeaderEnd.Length - BlobHash.TextLength, BlobHash.TextLength);
        Span<byte> hash = stackalloc byte[BlobHash.Size];
        if (level is < 0 or > PageLimits.MaxLevel || Convert.FromHexString(digits, hash, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return "its header has no level or no contentId";
        }

        contentId = new BlobHash(hash);
        Span<byte> canonical = stackalloc byte[PageFormat.HeaderLength];
        PageFormat.WriteHeader(canonical, level, contentId);
        return page.StartsWith(canonical) ? null : "its header is not written as it must be";
    }

    private string? TryAddLine(ReadOnlySpan<byte> page, int at, int level, List<PageItem> items)
    {
        if (items.Count == limits.MaxEntries)
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

        item = WithKey(page, in line, item);
        ReadOnlySpan<byte> key = Page.KeyOf(page, _keys.Written, in item);
        return FindFaultInName(item.Kind, key)
            ?? FindFaultInOrder(page, key, items)
            ?? FindFaultInTexts(page, in line, in item)
            ?? Add(key, in item, items);
    }

    // A name stands in the page as it is, unless it is escaped or needs the slash of a sub-directory behind it.
    private PageItem WithKey(ReadOnlySpan<byte> page, in PageLine line, PageItem item)
    {
        (int start, int length) = line.RawName;
        if (item.Kind != PageItemKind.Directory && !line.NameIsEscaped)
        {
            return item with { KeyStart = start, KeyLength = length };
        }

        int keyStart = _keys.Count;
        _keys.Advance(PageLine.Unescape(page.Slice(start, length), _keys.GetSpan(length)));
        if (item.Kind == PageItemKind.Directory)
        {
            _keys.Append((byte)'/');
        }

        return item with { KeyStart = ~keyStart, KeyLength = _keys.Count - keyStart };
    }

    private static string? FindFaultInName(byte kind, ReadOnlySpan<byte> key)
    {
        bool isDirectory = key.EndsWith("/"u8) && kind is PageItemKind.Directory or PageItemKind.ChildPage;
        ReadOnlySpan<byte> name = isDirectory ? key[..^1] : key;
        if (name.IsEmpty || name.Length > DatasetPath.MaxBytes || name.ContainsAny((byte)'/', (byte)0) || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
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

    private string? FindFaultInOrder(ReadOnlySpan<byte> page, ReadOnlySpan<byte> key, List<PageItem> items)
    {
        if (items.Count > 0 && KeyOf(page, items, items.Count - 1).SequenceCompareTo(key) >= 0)
        {
            return "it is not in the order of the names";
        }

        return items.Count > 0 && key[^1] == '/' && items[^1].Kind != PageItemKind.ChildPage && Contains(page, key[..^1], items)
            ? "its name is a file and a directory"
            : null;
    }

    private bool Contains(ReadOnlySpan<byte> page, ReadOnlySpan<byte> key, List<PageItem> items)
    {
        int low = 0, high = items.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            int order = KeyOf(page, items, middle).SequenceCompareTo(key);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return false;
    }

    private ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> page, List<PageItem> items, int index)
    {
        PageItem item = items[index];
        return Page.KeyOf(page, _keys.Written, in item);
    }

    private static string? FindFaultInTexts(ReadOnlySpan<byte> page, in PageLine line, in PageItem item) =>
        line.HasTexts ? EntryRules.Check(PageLine.ReadEntry(page, in item)).Error?.Message.TrimEnd('.') : null;

    private string? Add(ReadOnlySpan<byte> key, in PageItem item, List<PageItem> items)
    {
        if (item.Files > long.MaxValue - _files || item.Bytes > long.MaxValue - _bytes)
        {
            return "the sums of the page are too large";
        }

        _files += item.Files;
        _bytes += item.Bytes;
        PageFormat.AppendReduced(_reduced, key, in item);
        items.Add(item);
        return null;
    }
}
