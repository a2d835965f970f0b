namespace Hutch.DataLad.Annex;

/// <summary>
/// The name of a file's content in git-annex, of the backend SHA256E: <c>SHA256E-s2000--HASH.nii.gz</c>. The hash is that by which Hutch
/// names the blob, so that a key is made without reading the content.
/// </summary>
/// <param name="Hash">SHA-256 of the content.</param>
/// <param name="Size">Bytes of the content.</param>
/// <param name="Extension">With the dot; empty for none. It says nothing about the content: readers accept any.</param>
internal readonly record struct AnnexKey(BlobHash Hash, long Size, string Extension)
{
    public const int MaxLength = 160;

    private const string Prefix = "SHA256E-s";
    private const string PlainPrefix = "SHA256-s";
    private const string Separator = "--";
    private const int MaxExtensions = 2;
    private const int MaxExtensionLength = 4;

    public static AnnexKey From(Entry entry, string name) => new(entry.Hash, entry.Size, ExtensionOf(name));

    /// <summary>
    /// The end of a name that goes into its key: at most two extensions of at most four letters and digits each, as git-annex has it
    /// (<c>annex.maxextensionlength</c>).
    /// </summary>
    public static string ExtensionOf(string name)
    {
        int start = name.Length;
        for (int parts = 0; parts < MaxExtensions; parts++)
        {
            int dot = start == 0 ? -1 : name.LastIndexOf('.', start - 1);
            int length = start - dot - 1;
            if (dot <= 0 || length is 0 or > MaxExtensionLength || !name.AsSpan(dot + 1, length).ToString().All(char.IsAsciiLetterOrDigit))
            {
                break;
            }

            start = dot;
        }

        return name[start..];
    }

    /// <summary>Reads a key of the backends SHA256E and SHA256; no other names content by the hash that Hutch knows.</summary>
    public static bool TryParse(string text, out AnnexKey key)
    {
        key = default;
        string prefix = text.StartsWith(Prefix, StringComparison.Ordinal) ? Prefix : PlainPrefix;
        int separator = text.IndexOf(Separator, StringComparison.Ordinal);
        if (text.Length > MaxLength || !text.StartsWith(prefix, StringComparison.Ordinal) || separator < 0
            || !long.TryParse(text.AsSpan()[prefix.Length..separator], NumberStyles.None, CultureInfo.InvariantCulture, out long size))
        {
            return false;
        }

        ReadOnlySpan<char> rest = text.AsSpan(separator + Separator.Length);
        if (rest.Length < BlobHash.TextLength || rest[..BlobHash.TextLength].ContainsAnyInRange('A', 'F')
            || !BlobHash.TryParse(rest[..BlobHash.TextLength], out BlobHash hash))
        {
            return false;
        }

        string extension = rest[BlobHash.TextLength..].ToString();
        if (extension.Length > 0 && (extension[0] != '.' || prefix != Prefix || extension.Contains('/', StringComparison.Ordinal)))
        {
            return false;
        }

        key = new AnnexKey(hash, size, extension);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Size}{Separator}{Hash}{Extension}");

    /// <summary>Writes the key in ASCII; at most <see cref="MaxLength"/> bytes.</summary>
    public int Write(Span<byte> destination)
    {
        int at = Encoding.ASCII.GetBytes(Prefix, destination);
        System.Buffers.Text.Utf8Formatter.TryFormat(Size, destination[at..], out int digits);
        at += digits;
        at += Encoding.ASCII.GetBytes(Separator, destination[at..]);
        Span<byte> hash = stackalloc byte[BlobHash.Size];
        Hash.CopyTo(hash);
        Convert.TryToHexStringLower(hash, destination[at..], out int hex);
        at += hex;
        return at + Encoding.ASCII.GetBytes(Extension, destination[at..]);
    }
}
