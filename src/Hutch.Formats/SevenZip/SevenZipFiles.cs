namespace Hutch.Formats.SevenZip;

/// <summary>The names in an archive. They are decoded one at a time: an archive may have a million.</summary>
internal sealed class SevenZipFiles
{
    public static readonly SevenZipFiles None = new(default, 0, [], []);

    private readonly ReadOnlyMemory<byte> _names;
    private readonly int _count;
    private readonly bool[] _empty;
    private readonly bool[] _emptyFiles;

    private SevenZipFiles(ReadOnlyMemory<byte> names, int count, bool[] empty, bool[] emptyFiles) =>
        (_names, _count, _empty, _emptyFiles) = (names, count, empty, emptyFiles);

    /// <summary>The number of names that have bytes.</summary>
    public int WithBytes => _count - _empty.Count(static isEmpty => isEmpty);

    /// <param name="header">What the reader reads.</param>
    public static SevenZipFiles Read(ref SevenZipReader reader, byte[] header)
    {
        int count = reader.Count();
        ReadOnlyMemory<byte> names = default;
        (bool[] empty, bool[] emptyFiles) = ([], []);
        for (byte id = reader.Byte(); id != SevenZipReader.End; id = reader.Byte())
        {
            long size = reader.Number();
            int begin = reader.Position;
            var part = new SevenZipReader(reader.Bytes(size));
            switch (id)
            {
                case SevenZipReader.EmptyStreams:
                    empty = part.Bits(count);
                    break;
                case SevenZipReader.EmptyFiles:
                    emptyFiles = part.Bits(empty.Count(static isEmpty => isEmpty));
                    break;
                case SevenZipReader.Names:
                    SevenZipStreams.RequireHere(ref part);
                    names = header.AsMemory(begin + 1, (int)size - 1);
                    break;
            }
        }

        Check(names.Span, count);
        return new SevenZipFiles(names, count, empty, emptyFiles);
    }

    public IEnumerable<(string Path, bool IsEmpty, bool IsFile)> List()
    {
        int at = 0;
        int empties = 0;
        for (int i = 0; i < _count; i++)
        {
            int length = LengthOf(_names.Span[at..]);
            string path = Encoding.Unicode.GetString(_names.Span.Slice(at, length));
            at += length + sizeof(char);
            bool isEmpty = _empty.Length > 0 && _empty[i];
            bool isFile = isEmpty && empties < _emptyFiles.Length && _emptyFiles[empties];
            empties += isEmpty ? 1 : 0;
            yield return (path, isEmpty, isFile);
        }
    }

    private static void Check(ReadOnlySpan<byte> names, int count)
    {
        int ends = 0;
        for (int at = 0; at + 1 < names.Length; at += sizeof(char))
        {
            ends += BinaryPrimitives.ReadUInt16LittleEndian(names[at..]) == 0 ? 1 : 0;
        }

        if (ends != count || names.Length % sizeof(char) != 0)
        {
            throw SevenZipReader.Refuse($"It has {ends} names for {count} files");
        }
    }

    private static int LengthOf(ReadOnlySpan<byte> names) => MemoryMarshal.Cast<byte, char>(names).IndexOf('\0') * sizeof(char);
}
