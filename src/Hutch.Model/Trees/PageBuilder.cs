namespace Hutch.Model;

/// <summary>Builds the pages of one level, one at a time, from items in key order. Reused after each page.</summary>
internal sealed class PageBuilder
{
    private const int FirstBytes = 4096; // grows to what the largest page needs

    private const int ChildBytes = 256; // braces, keys, two hashes and two numbers of a sub-directory or child page

    private readonly int _level;
    private readonly PageLimits _limits;
    private readonly ByteBuffer _page = new(FirstBytes);
    private readonly ByteBuffer _reduced = new(FirstBytes);
    private readonly ByteBuffer _lastKey = new(256);
    private TreeRoot _lastBelow;
    private long _files;
    private long _bytes;

    public PageBuilder(int level, PageLimits limits)
    {
        _level = level;
        _limits = limits;
        Clear();
    }

    public int Count { get; private set; }

    public bool IsAtCut => _limits.EndsPage(_level, Count, _lastKey.Written);

    public void Add(TreePage from, int index)
    {
        _page.Append(from.LineWithFeed(index));
        Added(from.Key(index), from.Item(index));
    }

    public void Add(ReadOnlySpan<byte> key, Entry entry)
    {
        var writer = new SpanWriter(_page.GetSpan(EntryJson.BoundOf(entry) + (key.Length * SpanWriter.MaxBytesPerUnit)));
        writer.Raw("{\"n\":"u8);
        writer.Text(key);
        writer.Raw(","u8);
        EntryJson.WriteFields(ref writer, entry);
        writer.Raw("\n"u8);
        _page.Advance(writer.Written);
        Added(key, PageItem.From(entry));
    }

    /// <summary>Adds a sub-directory (key with its slash) or a child page (key: its last key).</summary>
    public void Add(ReadOnlySpan<byte> key, byte kind, TreeRoot below)
    {
        var writer = new SpanWriter(_page.GetSpan(ChildBytes + (key.Length * SpanWriter.MaxBytesPerUnit)));
        writer.Raw("{\"n\":"u8);
        writer.Text(kind == PageItemKind.Directory ? key[..^1] : key);
        writer.Raw(kind == PageItemKind.Directory ? ",\"k\":\"d\",\"h\":"u8 : ",\"k\":\"p\",\"h\":"u8);
        writer.Hash(below.Page);
        writer.Raw(",\"i\":"u8);
        writer.Hash(below.ContentId);
        writer.Raw(",\"f\":"u8);
        writer.Number(below.Files);
        writer.Raw(",\"s\":"u8);
        writer.Number(below.Bytes);
        writer.Raw("}\n"u8);
        _page.Advance(writer.Written);
        Added(key, PageItem.From(kind, below));
    }

    public BuiltPage Finish()
    {
        BlobHash contentId = BlobHash.Compute(_reduced.Written);
        Span<byte> header = stackalloc byte[PageFormat.HeaderLength];
        PageFormat.WriteHeader(header, _level, contentId);
        _page.Overwrite(0, header);
        byte[] page = _page.Written.ToArray();
        var built = new BuiltPage(
            _level, page, new TreeRoot(BlobHash.Compute(page), contentId, _files, _bytes),
            _lastKey.Written.ToArray(), Count == 1 ? _lastBelow : null);
        Clear();
        return built;
    }

    private void Added(ReadOnlySpan<byte> key, in PageItem item)
    {
        PageFormat.AppendReduced(_reduced, key, in item);
        _lastKey.Clear();
        _lastKey.Append(key);
        _lastBelow = item.Below;
        _files = checked(_files + item.Files);
        _bytes = checked(_bytes + item.Bytes);
        Count++;
    }

    private void Clear()
    {
        _page.Clear();
        _page.GetSpan(PageFormat.HeaderLength)[..PageFormat.HeaderLength].Clear();
        _page.Advance(PageFormat.HeaderLength);
        _reduced.Clear();
        _lastKey.Clear();
        _files = 0;
        _bytes = 0;
        Count = 0;
    }
}

/// <summary>A page that is built, but not written yet.</summary>
/// <param name="OnlyChild">The tree that its line names, if it has only one line.</param>
internal sealed record BuiltPage(int Level, byte[] Bytes, TreeRoot Root, byte[] LastKey, TreeRoot? OnlyChild);
