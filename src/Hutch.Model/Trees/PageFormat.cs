namespace Hutch.Model;

/// <summary>The constant parts of a page; <c>docs/formats/pages.md</c> describes the format.</summary>
internal static class PageFormat
{
    /// <summary>The bytes in the header line with its line feed. The same for every page.</summary>
    public static readonly int HeaderLength = HeaderStart.Length + 1 + HeaderMiddle.Length + BlobHash.TextLength + HeaderEnd.Length;

    /// <summary>The header before the digit of the level.</summary>
    public static ReadOnlySpan<byte> HeaderStart => "{\"format\":\"hutch-page/1\",\"level\":"u8;

    /// <summary>The header between level and contentId.</summary>
    public static ReadOnlySpan<byte> HeaderMiddle => ",\"contentId\":\""u8;

    public static ReadOnlySpan<byte> HeaderEnd => "\"}\n"u8;

    public static void WriteHeader(Span<byte> destination, int level, BlobHash contentId)
    {
        HeaderStart.CopyTo(destination);
        destination = destination[HeaderStart.Length..];
        destination[0] = (byte)('0' + level);
        HeaderMiddle.CopyTo(destination[1..]);
        destination = destination[(1 + HeaderMiddle.Length)..];
        contentId.Format(destination);
        HeaderEnd.CopyTo(destination[BlobHash.TextLength..]);
    }

    /// <summary>
    /// Adds the reduced form of an item, from which contentIds are computed: a letter (the kind, but <c>x</c> for an executable file), the
    /// name (of a child page: its key), a NUL, and 32 bytes: the blob hash, the contentId below, the hash of the target, or zeros.
    /// </summary>
    public static void AppendReduced(ByteBuffer reduced, ReadOnlySpan<byte> key, in PageItem item)
    {
        ReadOnlySpan<byte> name = item.Kind == PageItemKind.Directory ? key[..^1] : key;
        Span<byte> buffer = reduced.GetSpan(name.Length + 2 + BlobHash.Size);
        buffer[0] = item.Executable ? (byte)'x' : item.Kind;
        name.CopyTo(buffer[1..]);
        buffer[1 + name.Length] = 0;
        item.Content.CopyTo(buffer[(2 + name.Length)..]);
        reduced.Advance(name.Length + 2 + BlobHash.Size);
    }
}
