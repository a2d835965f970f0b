using System.Buffers.Text;
using System.Collections.Immutable;

namespace Hutch.Model;

/// <summary>
/// Reads lines of a page in their canonical form only. Any other form (white space, another order, another escape) is refused, so that an
/// accepted page is written back byte for byte. The bytes must be valid UTF-8. Plain files need no allocation.
/// </summary>
internal ref struct PageLine(ReadOnlySpan<byte> page, int start)
{
    private readonly ReadOnlySpan<byte> _page = page;
    private int _at = start;

    /// <summary>The fault, after a method returned false.</summary>
    public string? Fault { get; private set; }

    /// <summary>The position of the next byte to read.</summary>
    public readonly int Position => _at;

    /// <summary>The raw name in the page, without quotes.</summary>
    public (int Start, int Length) RawName { get; private set; }

    public bool NameIsEscaped { get; private set; }

    /// <summary>True if the line has texts (target, content type, user metadata) that only the parsed entry gives.</summary>
    public bool HasTexts { get; private set; }

    /// <summary>Reads a line with its line feed into an item without its key.</summary>
    public bool TryReadItem(out PageItem item)
    {
        item = default;
        if (!TryReadName())
        {
            return false;
        }

        byte kind = _page[_at - 2];
        bool ok = kind switch
        {
            PageItemKind.File => TryReadFile(out item),
            PageItemKind.Link => TryReadLink(out item),
            PageItemKind.EmptyDirectory => TryReadEmptyDirectory(out item),
            PageItemKind.Directory or PageItemKind.ChildPage => TryReadBelow(kind, out item),
            _ => Fail("its kind is unknown"),
        };
        return ok && Expect("}\n"u8);
    }

    /// <summary>Reads the item of a line that was checked before.</summary>
    public static PageItem ReadItem(ReadOnlySpan<byte> page, int start)
    {
        var line = new PageLine(page, start);
        _ = line.TryReadItem(out PageItem item);
        return item;
    }

    /// <summary>Reads the entry of a line that was checked before.</summary>
    public static Entry ReadEntry(ReadOnlySpan<byte> page, int start)
    {
        var line = new PageLine(page, start);
        _ = line.TryReadName();
        byte kind = page[line.Position - 2];
        bool isFile = kind == PageItemKind.File;
        string? target = null;
        BlobHash hash = default;
        long size = 0;
        if (isFile)
        {
            _ = line.TryReadFileStart(out hash, out size);
        }
        else if (kind == PageItemKind.Link)
        {
            _ = line.Expect(",\"t\":"u8) && line.TryReadText(out target);
        }

        _ = line.TryReadTail(isFile, out EntryTail tail);
        return new Entry
        {
            Kind = isFile ? EntryKind.File : kind == PageItemKind.Link ? EntryKind.SymbolicLink : EntryKind.EmptyDirectory,
            Hash = hash,
            Size = size,
            Target = target,
            ModifiedNanoseconds = tail.Modified,
            Executable = tail.Executable,
            ContentType = tail.ContentType,
            UserMetadata = tail.Metadata,
        };
    }

    /// <summary>Unescapes a raw string that was checked before.</summary>
    public static int Unescape(ReadOnlySpan<byte> raw, Span<byte> destination)
    {
        int written = 0;
        while (!raw.IsEmpty)
        {
            int plain = JsonEscaping.IndexOfEscaped(raw);
            ReadOnlySpan<byte> run = plain < 0 ? raw : raw[..plain];
            run.CopyTo(destination[written..]);
            written += run.Length;
            raw = raw[run.Length..];
            if (!raw.IsEmpty)
            {
                _ = JsonEscaping.TryReadEscape(raw, out destination[written++], out int length);
                raw = raw[length..];
            }
        }

        return written;
    }

    private bool TryReadName()
    {
        if (!Expect("{\"n\":"u8) || !TryReadRaw(out int start, out int length, out bool escaped) || !Expect(",\"k\":\""u8))
        {
            return false;
        }

        RawName = (start, length);
        NameIsEscaped = escaped;
        _at++;
        return Expect("\""u8);
    }

    private bool TryReadFile(out PageItem item)
    {
        bool ok = TryReadFileStart(out BlobHash hash, out long size);
        ok = TryReadTail(isFile: true, out EntryTail tail) && ok;
        item = new PageItem { Kind = PageItemKind.File, Executable = tail.Executable, Content = hash, Files = 1, Bytes = size };
        return ok;
    }

    private bool TryReadFileStart(out BlobHash hash, out long size)
    {
        size = 0;
        return Expect(",\"h\":"u8, out hash) && Expect(",\"s\":"u8, out size);
    }

    private bool TryReadLink(out PageItem item)
    {
        item = default;
        if (!Expect(",\"t\":"u8) || !TryReadText(out string? target) || !TryReadTail(isFile: false, out _))
        {
            return false;
        }

        HasTexts = true;
        item = new PageItem { Kind = PageItemKind.Link, Content = BlobHash.Compute(Encoding.UTF8.GetBytes(target)), Files = 1 };
        return true;
    }

    private bool TryReadEmptyDirectory(out PageItem item)
    {
        item = new PageItem { Kind = PageItemKind.EmptyDirectory, Files = 1 };
        return TryReadTail(isFile: false, out _);
    }

    private bool TryReadBelow(byte kind, out PageItem item)
    {
        item = default;
        if (!Expect(",\"h\":"u8, out BlobHash page) || !Expect(",\"i\":"u8, out BlobHash content)
            || !Expect(",\"f\":"u8, out long files) || !Expect(",\"s\":"u8, out long bytes))
        {
            return false;
        }

        item = PageItem.From(kind, new TreeRoot(page, content, files, bytes));
        return files > 0 || Fail("there is nothing below it");
    }

    private bool TryReadTail(bool isFile, out EntryTail tail)
    {
        tail = default;
        if (Skip(",\"m\":"u8))
        {
            if (!TryReadNumber(out long modified) || modified == 0)
            {
                return Fail("its time is not written as it must be");
            }

            tail.Modified = modified;
        }

        tail.Executable = isFile && Skip(",\"x\":true"u8);
        if (isFile && Skip(",\"c\":"u8))
        {
            HasTexts = true;
            if (!TryReadText(out string? type))
            {
                return false;
            }

            tail.ContentType = type;
        }

        return !Skip(",\"u\":"u8) || TryReadMetadata(ref tail);
    }

    private bool TryReadMetadata(ref EntryTail tail)
    {
        HasTexts = true;
        var metadata = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        string? last = null;
        do
        {
            if (!Expect(last is null ? "{"u8 : ","u8)
                || !TryReadText(out string? name)
                || !Expect(":"u8)
                || !TryReadText(out string? value))
            {
                return false;
            }

            if (last is not null && Utf8Order.Compare(last, name) >= 0)
            {
                return Fail("its user metadata is not in the order of the names");
            }

            last = name;
            metadata.Add(name, value);
        }
        while (!Skip("}"u8));
        tail.Metadata = metadata.ToImmutable();
        return true;
    }

    private bool TryReadText([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? text)
    {
        text = null;
        if (!TryReadRaw(out int start, out int length, out bool escaped))
        {
            return false;
        }

        ReadOnlySpan<byte> raw = _page.Slice(start, length);
        if (!escaped)
        {
            text = Encoding.UTF8.GetString(raw);
            return true;
        }

        byte[] plain = new byte[length];
        text = Encoding.UTF8.GetString(plain.AsSpan(0, Unescape(raw, plain)));
        return true;
    }

    private bool TryReadRaw(out int start, out int length, out bool escaped)
    {
        escaped = false;
        length = 0;
        start = _at + 1;
        if (!Expect("\""u8))
        {
            return false;
        }

        while (true)
        {
            int stop = JsonEscaping.IndexOfEscaped(_page[_at..]);
            if (stop < 0)
            {
                return Fail("a text does not end");
            }

            _at += stop;
            if (_page[_at] == '"')
            {
                length = _at - start;
                _at++;
                return true;
            }

            escaped = true;
            if (_page[_at] != '\\' || !JsonEscaping.TryReadEscape(_page[_at..], out _, out int used))
            {
                return Fail("a text is not escaped as it must be");
            }

            _at += used;
        }
    }

    private bool Expect(scoped ReadOnlySpan<byte> before, out BlobHash hash)
    {
        hash = default;
        if (!Expect(before) || _page.Length - _at < BlobHash.TextLength + 2)
        {
            return Fail("a hash is missing");
        }

        if (!BlobHash.TryParseLower(_page.Slice(_at + 1, BlobHash.TextLength), out hash))
        {
            return Fail("a hash is not 64 lower-case hex digits");
        }

        bool quoted = _page[_at] == '"' && _page[_at + 1 + BlobHash.TextLength] == '"';
        _at += BlobHash.TextLength + 2;
        return quoted || Fail("a hash is not in quotes");
    }

    private bool Expect(scoped ReadOnlySpan<byte> before, out long number)
    {
        number = 0;
        return Expect(before) && ((TryReadNumber(out number) && number >= 0) || Fail("a number is not written as it must be"));
    }

    private bool TryReadNumber(out long number)
    {
        ReadOnlySpan<byte> text = _page[_at..];
        if (!Utf8Parser.TryParse(text, out number, out int used))
        {
            return false;
        }

        // A number has one written form: no sign but '-', no zeros in front.
        int digits = text[0] == '-' ? 1 : 0;
        bool isCanonical = char.IsAsciiDigit((char)text[digits]) && (text[digits] != '0' || used == 1);
        _at += used;
        return isCanonical;
    }

    private bool Skip(scoped ReadOnlySpan<byte> token)
    {
        bool there = _page[_at..].StartsWith(token);
        _at += there ? token.Length : 0;
        return there;
    }

    private bool Expect(scoped ReadOnlySpan<byte> token) =>
        Skip(token) || Fail($"'{Encoding.UTF8.GetString(token).TrimEnd('\n')}' is missing");

    private bool Fail(string fault)
    {
        Fault ??= fault;
        return false;
    }

    private struct EntryTail
    {
        public long Modified;
        public bool Executable;
        public string? ContentType;
        public ImmutableSortedDictionary<string, string>? Metadata;
    }
}
