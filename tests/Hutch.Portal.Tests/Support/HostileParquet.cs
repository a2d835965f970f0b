using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Hutch.Portal.Tests.Support;

/// <summary>Small Parquet files that would fill all memory if a reader believed them.</summary>
internal static class HostileParquet
{
    private const int Int32 = 1, ByteArray = 6;
    private const int Uncompressed = 0, Snappy = 1, Gzip = 2, Brotli = 4, Zstd = 6, Lz4 = 7;
    private const int Plain = 0, Rle = 3, DeltaByteArray = 7, Dictionary = 8;
    private const int DataPage = 0, DictionaryPage = 2;
    private const byte I32 = 5, I64 = 6, Binary = 8, List = 9, Struct = 12;
    private const int PageBytes = 128 << 20;

    /// <summary>One run of levels is longer than the page.</summary>
    public static byte[] LongRun() => File(Int32, isOptional: true, Uncompressed, 10, Page(
        DataPage, 10, Plain, [.. Length([.. Varint((ulong)int.MaxValue << 1), 1]), .. new byte[40]]));

    /// <summary>The head of a page says that it has two thousand million values, each the first of the dictionary.</summary>
    public static byte[] ManyValues() => File(Int32, isOptional: false, Uncompressed, 10, Page(
        DictionaryPage, 1, Plain, [7, 0, 0, 0]), Page(DataPage, int.MaxValue, Dictionary, [0, 0]));

    /// <summary>So do many pages together, each of which has no more than a page may have.</summary>
    public static byte[] ManyPages() => File(Int32, isOptional: true, Uncompressed, 1_000_000, [
        Page(DictionaryPage, 1, Plain, [7, 0, 0, 0]),
        .. Enumerable.Repeat(
            Page(DataPage, 19_000_000, Dictionary, [.. Length([.. Varint(19_000_000 << 1), 0]), 0, 0]), 1000),
    ]);

    /// <summary>Values are told by what they share with the one before: each is one byte longer.</summary>
    public static byte[] GrowingValues() => File(ByteArray, isOptional: false, Uncompressed, 300_000, Page(
        DataPage, 300_000, DeltaByteArray, [.. Counting(300_000, 0, 1), .. Counting(300_000, 1, 0), .. new byte[300_000]]));

    /// <summary>A page that says it has a hundred bytes, and unpacks to eight thousand million.</summary>
    public static byte[] PackedMore() => File(
        Int32, isOptional: false, Zstd, 25, Page(DataPage, 25, Plain, ZstdOfZeros(65_536, contentBytes: null), unpacked: 100));

    /// <summary>Pages that each unpack to what they say, and to much together.</summary>
    public static byte[] PackedOften() => File(
        ByteArray, isOptional: false, Zstd, 200, [.. Enumerable.Repeat(Page(
            DataPage, 1, Plain, ZstdOfZeros(PageBytes / (128 << 10), PageBytes, Little(PageBytes - 4)), unpacked: PageBytes), 200)]);

    /// <summary>Brotli, of which a few bytes ask for 16 MB at a time, until they have asked for 16 GB.</summary>
    public static byte[] BrotliOfMore()
    {
        byte[] zeros = new byte[16 << 20];
        var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            List<byte[]> pieces = [];
            for (int i = 0; i < 4; i++)
            {
                long before = packed.Length;
                brotli.Write(zeros);
                brotli.Flush();
                pieces.Add(packed.ToArray()[(int)before..]);
            }

            // What was flushed ends at a byte, and means the same again.
            packed.Write([.. Enumerable.Repeat(pieces[^1], 1024).SelectMany(each => each)]);
        }

        return File(Int32, isOptional: false, Brotli, 25, Page(DataPage, 25, Plain, packed.ToArray(), unpacked: 100));
    }

    /// <summary>A gigabyte in gzip that says it has a hundred bytes.</summary>
    public static byte[] GzipOfMore()
    {
        byte[] zeros = new byte[16 << 20];
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            for (int i = 0; i < 64; i++)
            {
                gzip.Write(zeros);
            }
        }

        return File(Int32, isOptional: false, Gzip, 25, Page(DataPage, 25, Plain, packed.ToArray(), unpacked: 100));
    }

    /// <summary>One match of LZ4 that goes on for two gigabytes.</summary>
    public static byte[] Lz4OfMore() => File(Int32, isOptional: false, Lz4, 25, Page(
        DataPage, 25, Plain, [0x1f, 0, 1, 0, .. Enumerable.Repeat((byte)0xff, 8 << 20), 0, 0x50, 1, 2, 3, 4, 5], unpacked: 100));

    /// <summary>A megabyte of Snappy whose own head says that it unpacks to four gigabytes.</summary>
    public static byte[] SnappyOfMore() => File(Int32, isOptional: false, Snappy, 25, Page(
        DataPage, 25, Plain,
        [.. Varint(uint.MaxValue), 0, 7, .. Enumerable.Repeat((byte[])[0xfe, 1, 0], 350_000).SelectMany(static copy => copy)],
        unpacked: 100));

    /// <summary>Indices far behind the end of the dictionary.</summary>
    public static byte[] DeepIndices() => File(Int32, isOptional: false, Uncompressed, 10, Page(
        DictionaryPage, 1, Plain, [7, 0, 0, 0]), Page(DataPage, 10, Dictionary, [31, 20, 0xff, 0xff, 0xff, 0x7f]));

    /// <summary>Two hundred thousand columns.</summary>
    public static byte[] ManyColumns()
    {
        byte[][] columns = [.. Enumerable.Range(0, 200_000).Select(i => Column(Int32, 0, "c" + i))];
        return Closed([.. "PAR1"u8], columns, 0, []);
    }

    /// <summary>Half a million groups of rows.</summary>
    public static byte[] ManyGroups() => Closed(
        [.. "PAR1"u8],
        [Column(Int32, 0, "c")],
        500_000_000,
        [.. Enumerable.Repeat(From((1, List, Items(Struct)), (2, I64, Int(0)), (3, I64, Int(1000))), 500_000)]);

    private static byte[] File(int type, bool isOptional, int codec, int rows, params byte[][] pages)
    {
        var file = new MemoryStream();
        file.Write("PAR1"u8);
        foreach (byte[] page in pages)
        {
            file.Write(page);
        }

        long bytes = file.Length - 4;
        byte[] about = From(
            (1, I32, Int(type)), (2, List, Items(I32, Int(Plain))), (3, List, Items(Binary, Text("c"))), (4, I32, Int(codec)),
            (5, I64, Int(rows)), (6, I64, Int(1000)), (7, I64, Int(bytes)), (9, I64, Int(4)));
        byte[] group = From(
            (1, List, Items(Struct, From((2, I64, Int(4)), (3, Struct, about)))), (2, I64, Int(1000)), (3, I64, Int(rows)));
        return Closed(file.ToArray(), [Column(type, isOptional ? 1 : 0, "c")], rows, [group]);
    }

    private static byte[] Closed(byte[] pages, byte[][] columns, long rows, byte[][] groups)
    {
        byte[] root = From((4, Binary, Text("root")), (5, I32, Int(columns.Length)));
        byte[] about = From(
            (1, I32, Int(1)), (2, List, Items(Struct, [root, .. columns])), (3, I64, Int(rows)), (4, List, Items(Struct, groups)));
        return [.. pages, .. about, .. Little(about.Length), .. "PAR1"u8];
    }

    private static byte[] Column(int type, int repetition, string name) =>
        From((1, I32, Int(type)), (3, I32, Int(repetition)), (4, Binary, Text(name)));

    private static byte[] Page(int kind, int values, int encoding, byte[] body, int? unpacked = null)
    {
        byte[] about = kind == DictionaryPage
            ? From((1, I32, Int(values)), (2, I32, Int(encoding)))
            : From((1, I32, Int(values)), (2, I32, Int(encoding)), (3, I32, Int(Rle)), (4, I32, Int(Rle)));
        return
        [
            .. From(
                (1, I32, Int(kind)), (2, I32, Int(unpacked ?? body.Length)), (3, I32, Int(body.Length)),
                (kind == DictionaryPage ? 7 : 5, Struct, about)),
            .. body,
        ];
    }

    /// <summary>Numbers that each differ from the one before by the same: no bits a number.</summary>
    private static byte[] Counting(int count, int first, int step)
    {
        const int Block = 1 << 20;
        byte[] head = [.. Varint(Block), .. Varint(1), .. Varint((ulong)count), .. Int(first)];
        return [.. head, .. Int(step), 0];
    }

    /// <summary>A frame of blocks that each repeat one byte 131072 times, after some bytes as they are.</summary>
    private static byte[] ZstdOfZeros(int blocks, int? contentBytes, byte[]? first = null)
    {
        const int BlockBytes = 128 << 10;
        var frame = new MemoryStream();
        frame.Write([0x28, 0xb5, 0x2f, 0xfd]);

        // The content's length in four bytes behind the window, or only the window, of 128 KiB.
        frame.Write(contentBytes is { } length ? [0x80, 0x38, .. Little(length)] : [0x00, 0x38]);
        if (first is not null)
        {
            frame.Write([.. Little(first.Length << 3).AsSpan(0, 3), .. first]);
        }

        for (int i = 0; i < blocks; i++)
        {
            bool isLast = i == blocks - 1;
            int bytes = isLast ? BlockBytes - (first?.Length ?? 0) : BlockBytes;
            frame.Write([.. Little((bytes << 3) | 2 | (isLast ? 1 : 0)).AsSpan(0, 3), 0]);
        }

        return frame.ToArray();
    }

    /// <summary>A structure of Thrift's compact protocol.</summary>
    private static byte[] From(params (int Id, byte Type, byte[] Value)[] fields)
    {
        var bytes = new MemoryStream();
        int last = 0;
        foreach ((int id, byte type, byte[] value) in fields)
        {
            bytes.WriteByte((byte)(((id - last) << 4) | type));
            bytes.Write(value);
            last = id;
        }

        bytes.WriteByte(0);
        return bytes.ToArray();
    }

    private static byte[] Items(byte type, params byte[][] items)
    {
        var bytes = new MemoryStream();
        bytes.Write([(byte)(0xf0 | type), .. Varint((ulong)items.Length)]);
        foreach (byte[] item in items)
        {
            bytes.Write(item);
        }

        return bytes.ToArray();
    }

    private static byte[] Int(long number) => Varint((ulong)((number << 1) ^ (number >> 63)));

    private static byte[] Text(string text) => [.. Varint((ulong)text.Length), .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Length(byte[] bytes) => [.. Little(bytes.Length), .. bytes];

    private static byte[] Varint(ulong number)
    {
        var bytes = new List<byte>();
        for (; number >= 0x80; number >>= 7)
        {
            bytes.Add((byte)(number | 0x80));
        }

        return [.. bytes, (byte)number];
    }

    private static byte[] Little(int number)
    {
        byte[] bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
        return bytes;
    }
}
