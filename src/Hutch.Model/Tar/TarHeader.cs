namespace Hutch.Model.Tar;

/// <summary>
/// The header of a member of a tar stream (ustar, and pax of POSIX.1-2001), with the fields that a stream of blobs needs.
/// </summary>
public readonly record struct TarHeader(TarMemberKind Kind, string Name, long Size)
{
    public static Result<TarHeader> Parse(ReadOnlySpan<byte> block)
    {
        if (UstarHeader.IsEnd(block))
        {
            return new TarHeader(TarMemberKind.End, "", 0);
        }

        switch (UstarHeader.Read(block, out UstarHeader header))
        {
            case UstarFault.Checksum:
                return Reject("a header whose checksum is wrong");
            case UstarFault.Length:
                return Reject("a header whose size is no number");
            default:
                return FindKind(header.Type) is { } kind
                    ? new TarHeader(kind, NameOf(header), header.Length)
                    : Reject($"a member of type '{Printable(header.Type)}'; only files are taken");
        }
    }

    /// <summary>The supported records of a pax extension: a longer name, and a larger size.</summary>
    public static Result<(string? Path, long? Size)> ParseExtension(ReadOnlySpan<byte> records)
    {
        string? path = null;
        long? size = null;
        while (!records.IsEmpty)
        {
            // "LENGTH KEY=VALUE\n", the length counting all of it.
            int space = records.IndexOf((byte)' ');
            if (space <= 0 || !TryReadDecimal(records[..space], out long length)
                || length > records.Length || length <= space + 1 || records[(int)length - 1] != '\n')
            {
                return RefuseExtension();
            }

            ReadOnlySpan<byte> record = records[(space + 1)..((int)length - 1)];
            records = records[(int)length..];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                return RefuseExtension();
            }

            ReadOnlySpan<byte> value = record[(equals + 1)..];
            if (record[..equals].SequenceEqual("path"u8))
            {
                path = Encoding.UTF8.GetString(value);
            }
            else if (record[..equals].SequenceEqual("size"u8))
            {
                if (!TryReadDecimal(value, out long number))
                {
                    return RefuseExtension();
                }

                size = number;
            }
        }

        return (path, size);
    }

    /// <summary>The hash in a member's name: <c>blobs/SHA-256</c>.</summary>
    public static Result<BlobHash> ParseBlobName(string name)
    {
        const string Prefix = "blobs/";
        return name.StartsWith(Prefix, StringComparison.Ordinal) && BlobHash.TryParse(name.AsSpan(Prefix.Length), out BlobHash hash)
            ? hash
            : Reject($"a member called {Display.Quote(name)}; 'blobs/' and the SHA-256 of the file are needed");
    }

    private static TarMemberKind? FindKind(byte type) => (char)type switch
    {
        '0' => TarMemberKind.File,
        'x' or 'g' => TarMemberKind.Extension,
        _ => null,
    };

    private static string NameOf(UstarHeader header)
    {
        string name = Encoding.UTF8.GetString(header.Name);
        return header.Prefix.IsEmpty ? name : Encoding.UTF8.GetString(header.Prefix) + "/" + name;
    }

    private static bool TryReadDecimal(ReadOnlySpan<byte> text, out long value) =>
        System.Buffers.Text.Utf8Parser.TryParse(text, out value, out int used) && used == text.Length && value >= 0;

    private static char Printable(byte value) => value is >= 0x20 and < 0x7f ? (char)value : '?';

    private static HutchError Reject(string what) =>
        ErrorCode.BadRequest.With($"The stream of files has {what}. The files before it were kept.");

    private static HutchError RefuseExtension() => Reject("a pax header that cannot be read");
}
