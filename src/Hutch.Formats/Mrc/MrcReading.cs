namespace Hutch.Formats.Mrc;

/// <summary>
/// The header of an MRC file as others write it: of either byte order, with a stamp that says which or without, and with bytes that have a
/// sign or none. Formats: https://www.ccpem.ac.uk/mrc-format/mrc2014/ and https://bio3d.colorado.edu/imod/doc/mrc_format.txt. Words are
/// counted from 1, of four bytes each.
/// </summary>
internal sealed class MrcReading
{
    private const int MapAt = 208;
    private const int StampAt = 212;
    private const int LabelsAt = 224;
    private const int MaxLabels = 10;
    private const int LabelBytes = 80;
    private const byte BigEndianStamp = 0x11;
    private const int LongestAxis = 1 << 24;
    private const int FirstOfVolumeStacks = 401;
    private const int LastOfVolumeStacks = 630;

    // The word "IMOD", whose flags follow it.
    private const int ImodStamp = 1146047817;
    private const int SignedBytes = 1;
    private const int TwoPixelsInByte = 16;

    private static readonly string[] Endings = [".mrc", ".mrcs", ".map", ".ccp4", ".rec", ".st", ".ali", ".preali"];

    private readonly byte[] _header;

    public MrcReading(ReadOnlySpan<byte> header)
    {
        _header = header[..MrcHeader.Size].ToArray();
        IsBigEndian = _header[StampAt] == BigEndianStamp;
        IsPlausible = IsPossible();
        if (!IsPlausible)
        {
            // The stamp is often wrong or missing; the numbers fit one order only.
            IsBigEndian = !IsBigEndian;
            IsPlausible = IsPossible();
            IsBigEndian ^= !IsPlausible;
        }
    }

    public bool IsBigEndian { get; private set; }

    /// <summary>True if its numbers are such as a file has.</summary>
    public bool IsPlausible { get; }

    public int Mode => Integer(4);

    /// <summary>The lengths as the file has them: columns, rows, sections.</summary>
    public int[] Lengths => [Integer(1), Integer(2), Integer(3)];

    public int SpaceGroup => Integer(23);

    public int ExtendedBytes => Integer(24);

    /// <summary>True if two pixels are in each byte although the mode says whole bytes.</summary>
    public bool HasHiddenHalfBytes => Mode == 0 && Integer(39) == ImodStamp && (Integer(40) & TwoPixelsInByte) != 0;

    /// <summary>The sections of each volume, if the file is a stack of volumes; else 0.</summary>
    public int VolumeSections =>
        SpaceGroup is >= FirstOfVolumeStacks and <= LastOfVolumeStacks && Integer(10) > 0 && Integer(3) % Integer(10) == 0
            ? Integer(10)
            : 0;

    /// <summary>The axes of space, from 1, along which columns, rows and sections follow each other.</summary>
    public int[] Space
    {
        get
        {
            int[] said = [Integer(17), Integer(18), Integer(19)];
            return said.Order().SequenceEqual([1, 2, 3]) ? said : [1, 2, 3];
        }
    }

    /// <summary>True if bytes are numbers from -128 to 127; null if the file does not say it.</summary>
    public bool? IsSigned
    {
        get
        {
            const int FirstVersion = 20140;
            (float least, float greatest) = (Real(20), Real(21));
            if (Integer(39) == ImodStamp)
            {
                return (Integer(40) & SignedBytes) != 0;
            }

            if (least is >= 0 and < 255 && greatest is > sbyte.MaxValue and <= byte.MaxValue)
            {
                return false;
            }

            return Integer(28) is >= FirstVersion and < FirstVersion + 100 || (least < 0 && greatest > least) ? true : null;
        }
    }

    /// <summary>Returns true for a file with the mark of the format, or with a name of it and a header that can be.</summary>
    public static bool IsMrc(ReadOnlySpan<byte> head, string name)
    {
        if (head.Length < MrcHeader.Size)
        {
            return head.Length > StampAt && head[MapAt..].StartsWith("MAP"u8);
        }

        string unpacked = name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;
        return head[MapAt..].StartsWith("MAP"u8)
            || (Array.Exists(Endings, ending => unpacked.EndsWith(ending, StringComparison.OrdinalIgnoreCase))
                && new MrcReading(head).IsPlausible);
    }

    /// <summary>The size of a voxel along columns, rows and sections, in Å; not a number if the file says none.</summary>
    public double VoxelAngstrom(int axis)
    {
        int space = Space[axis];
        int intervals = Integer(7 + space);
        return intervals > 0 ? Real(10 + space) / (double)intervals : double.NaN;
    }

    /// <summary>
    /// The place of the first voxel along columns, rows and sections, in Å: its origin, or without one the voxels before it, as in maps of
    /// crystals.
    /// </summary>
    public double OriginAngstrom(int axis)
    {
        bool hasOrigin = Real(50) != 0 || Real(51) != 0 || Real(52) != 0;
        int before = Integer(5 + axis);
        return hasOrigin ? Real(49 + Space[axis]) : before == 0 ? 0 : before * VoxelAngstrom(axis);
    }

    public IEnumerable<string> Labels() => Enumerable.Range(0, Math.Clamp(Integer(56), 0, MaxLabels))
        .Select(i => ForeignText.Decode(_header.AsSpan(LabelsAt + (i * LabelBytes), LabelBytes)).Split('\0')[0].TrimEnd());

    /// <summary>Returns true if the numbers have the byte order that is assumed.</summary>
    private bool IsPossible()
    {
        int[] axes = [Integer(17), Integer(18), Integer(19)];
        return Mode is 0 or 1 or 2 or 3 or 4 or 6 or 12 or 16 or 101
            && Lengths.All(static length => length is > 0 and <= LongestAxis)
            && (axes.Order().SequenceEqual([1, 2, 3]) || axes.All(static axis => axis == 0));
    }

    private int Integer(int word) => IsBigEndian
        ? BinaryPrimitives.ReadInt32BigEndian(_header.AsSpan((word - 1) * 4))
        : BinaryPrimitives.ReadInt32LittleEndian(_header.AsSpan((word - 1) * 4));

    private float Real(int word) => BitConverter.Int32BitsToSingle(Integer(word));
}
