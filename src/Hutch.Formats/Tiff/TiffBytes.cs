using Hutch.Formats.Zarr;

namespace Hutch.Formats.Tiff;

/// <summary>The numbers of a TIFF file, which has either byte order, and offsets of four bytes or (BigTIFF) of eight.</summary>
internal sealed class TiffBytes
{
    private const int ClassicVersion = 42;
    private const int BigVersion = 43;
    private const int HeadBytes = 16;

    private readonly IFileBytes _file;

    public TiffBytes(IFileBytes file)
    {
        _file = file;
        Span<byte> head = stackalloc byte[HeadBytes];
        Read(0, head);
        IsBigEndian = head[0] == (byte)'M';
        IsBig = Number(head[2..], sizeof(ushort)) == BigVersion;
        FirstDirectory = Number(head[(IsBig ? 8 : 4)..], OffsetBytes);
    }

    public string Name => _file.Name;

    public ulong Length => (ulong)_file.Length;

    /// <summary>True if the most significant byte is the first.</summary>
    public bool IsBigEndian { get; }

    public bool IsBig { get; }

    /// <summary>Bytes of an offset.</summary>
    public int OffsetBytes => IsBig ? sizeof(ulong) : sizeof(uint);

    public ulong FirstDirectory { get; }

    public static bool IsTiff(ReadOnlySpan<byte> file) => file.Length >= HeadBytes
        && ((file.StartsWith("II"u8) && file[2] is ClassicVersion or BigVersion && file[3] == 0)
            || (file.StartsWith("MM"u8) && file[2] == 0 && file[3] is ClassicVersion or BigVersion));

    /// <summary>Reads a range; one that is not in the file is refused.</summary>
    public void Read(ulong offset, Span<byte> destination)
    {
        if (offset > (ulong)_file.Length || (ulong)destination.Length > (ulong)_file.Length - offset)
        {
            throw Unreadable("points past its end").ToException();
        }

        _file.Read((long)offset, destination);
    }

    public ulong ReadNumber(ulong offset, int bytes)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        Read(offset, number[..bytes]);
        return Number(number, bytes);
    }

    public ulong Number(ReadOnlySpan<byte> from, int bytes) => bytes switch
    {
        1 => from[0],
        sizeof(ushort) => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(from) : BinaryPrimitives.ReadUInt16LittleEndian(from),
        sizeof(uint) => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(from) : BinaryPrimitives.ReadUInt32LittleEndian(from),
        _ => IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(from) : BinaryPrimitives.ReadUInt64LittleEndian(from),
    };

    /// <summary>The refusal of a file with something that cannot be.</summary>
    public HutchError Unreadable(string what) => ErrorCode.UnreadableFile.With($"{Name} is damaged: it {what}.");

    /// <summary>The refusal of a file with something that is not read.</summary>
    public HutchError NotRead(string what) =>
        ErrorCode.Unprocessable.With($"{Name} {what}, which is not read. Download it, or convert it.");
}
