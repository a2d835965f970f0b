using System.IO.Hashing;
using Hutch.Disk.Folders;
using Hutch.Formats.Native;
using Microsoft.Win32.SafeHandles;

namespace Hutch.Formats.SevenZip;

/// <summary>
/// The list of files in a 7z archive, with the places of those that are stored uncompressed. Nothing else is ever unpacked
/// (7zFormat.txt of the LZMA SDK, https://www.7-zip.org/sdk.html).
/// </summary>
public sealed class SevenZipArchive
{
    /// <summary>The longest list that is read, packed and unpacked, in bytes: that of about a million keys of git-annex.</summary>
    public const int MaxHeaderBytes = 256 << 20;

    private const int StartBytes = 32;
    private const int PropertyBytes = 5;

    private readonly SevenZipStreams _streams;
    private readonly SevenZipFiles _files;

    private SevenZipArchive(SevenZipStreams streams, SevenZipFiles files) => (_streams, _files) = (streams, files);

    private static ReadOnlySpan<byte> Signature => [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C];

    /// <summary>Reads the list of an open archive. Blocks while the file system answers.</summary>
    /// <exception cref="HutchException">It is no archive, damaged, encrypted, or larger than the bounds.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SevenZipArchive Read(SafeFileHandle file)
    {
        Span<byte> start = stackalloc byte[StartBytes];
        if (FolderHandle.Read(file, 0, start) < StartBytes || !start.StartsWith(Signature))
        {
            throw SevenZipReader.Refuse("It does not begin as a 7z archive");
        }

        if (Crc32.HashToUInt32(start[12..]) != BinaryPrimitives.ReadUInt32LittleEndian(start[8..]))
        {
            throw SevenZipReader.Refuse("Its first bytes are damaged");
        }

        long length = RandomAccess.GetLength(file);
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(start[12..]);
        ulong size = BinaryPrimitives.ReadUInt64LittleEndian(start[20..]);
        if (size == 0)
        {
            return new SevenZipArchive(SevenZipStreams.None, SevenZipFiles.None);
        }

        byte[] header = ReadPart(file, length, offset, size);
        if (Crc32.HashToUInt32(header) != BinaryPrimitives.ReadUInt32LittleEndian(start[28..]))
        {
            throw SevenZipReader.Refuse("Its list of files is damaged");
        }

        return Parse(header[0] == SevenZipReader.EncodedHeader ? Unpack(file, length, header) : header, length);
    }

    /// <summary>Enumerates its files in the order of their bytes; folders are not among them.</summary>
    public IEnumerable<SevenZipMember> Members()
    {
        int stream = 0;
        foreach ((string path, bool isEmpty, bool isFile) in _files.List())
        {
            if (!isEmpty)
            {
                yield return new SevenZipMember(path, _streams.Sizes[stream], _streams.OffsetOf(stream));
                stream++;
            }
            else if (isFile)
            {
                yield return new SevenZipMember(path, 0, StartBytes);
            }
        }
    }

    private static SevenZipArchive Parse(byte[] header, long length)
    {
        var reader = new SevenZipReader(header);
        reader.Require(SevenZipReader.Header);
        SevenZipStreams streams = SevenZipStreams.None;
        SevenZipFiles files = SevenZipFiles.None;
        for (byte id = reader.Byte(); id != SevenZipReader.End; id = reader.Byte())
        {
            switch (id)
            {
                case SevenZipReader.MainStreams:
                    streams = SevenZipStreams.Read(ref reader, StartBytes, length);
                    break;
                case SevenZipReader.Files:
                    files = SevenZipFiles.Read(ref reader, header);
                    break;
                default:
                    throw SevenZipReader.Refuse($"Its list of files has a part {id}, which no program writes today");
            }
        }

        if (files.WithBytes != streams.Sizes.Length)
        {
            throw SevenZipReader.Refuse($"It has {streams.Sizes.Length} contents for {files.WithBytes} files");
        }

        return new SevenZipArchive(streams, files);
    }

    /// <summary>Unpacks the list of files, which programs pack with LZMA even where the files are not.</summary>
    private static byte[] Unpack(SafeFileHandle file, long length, byte[] header)
    {
        var reader = new SevenZipReader(header);
        reader.Require(SevenZipReader.EncodedHeader);
        SevenZipStreams packed = SevenZipStreams.Read(ref reader, StartBytes, length);
        if (packed.Blocks is not [{ } block] || block.UnpackedBytes is <= 0 or > MaxHeaderBytes)
        {
            throw SevenZipReader.Refuse("Its list of files is longer than the limit, or in several pieces");
        }

        byte[] data = ReadPart(file, length, (ulong)(block.Offset - StartBytes), (ulong)block.PackedBytes);
        byte[] unpacked = new byte[block.UnpackedBytes];
        switch (block.Coder)
        {
            case SevenZipCoder.Copy when data.Length == unpacked.Length:
                unpacked = data;
                break;
            case SevenZipCoder.Lzma when block.Properties.Length == PropertyBytes && TryUnpack(block, data, unpacked):
                break;
            default:
                throw SevenZipReader.Refuse("Its list of files is encrypted, damaged, or packed in a way that is not read here");
        }

        return block.Checksum is { } checksum && Crc32.HashToUInt32(unpacked) != checksum
            ? throw SevenZipReader.Refuse("Its list of files is damaged")
            : unpacked;
    }

    private static bool TryUnpack(SevenZipBlock block, byte[] packed, byte[] unpacked)
    {
        const int LeastDictionary = 4096;
        Span<byte> alone = stackalloc byte[LzmaLibrary.AloneHeaderBytes];
        block.Properties.CopyTo(alone);

        // A dictionary larger than the content is never used, and the decoder would reserve it.
        uint dictionary = BinaryPrimitives.ReadUInt32LittleEndian(alone[1..]);
        BinaryPrimitives.WriteUInt32LittleEndian(alone[1..], Math.Min(dictionary, (uint)Math.Max(unpacked.Length, LeastDictionary)));
        BinaryPrimitives.WriteInt64LittleEndian(alone[PropertyBytes..], unpacked.Length);
        return LzmaLibrary.TryUnpack(alone, packed, unpacked);
    }

    private static byte[] ReadPart(SafeFileHandle file, long length, ulong offset, ulong size)
    {
        if (size is 0 or > MaxHeaderBytes)
        {
            throw SevenZipReader.Refuse($"Its list of files has {size} bytes; at most {MaxHeaderBytes} are read");
        }

        if (offset > (ulong)length || StartBytes + offset + size > (ulong)length)
        {
            throw SevenZipReader.Refuse("It is cut off");
        }

        byte[] part = new byte[size];
        return FolderHandle.Read(file, StartBytes + (long)offset, part) == part.Length
            ? part
            : throw SevenZipReader.Refuse("It is cut off");
    }
}
