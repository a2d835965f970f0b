namespace Hutch.Formats.Nifti;

/// <summary>
/// The header of a NIfTI file, of version 1 or 2 and of either byte order. Formats: https://nifti.nimh.nih.gov/nifti-1/
/// (nifti1.h) and https://nifti.nimh.nih.gov/nifti-2/ (nifti2.h).
/// </summary>
internal sealed class NiftiHeader
{
    public const int MaxBytes = Bytes2;

    private const int Bytes1 = 348;
    private const int Bytes2 = 540;
    private const int ExtenderBytes = 4;
    private const int MaxAxes = 7;

    private readonly byte[] _bytes;
    private readonly bool _isBigEndian;

    public NiftiHeader(byte[] bytes)
    {
        _bytes = bytes;
        (Version, _isBigEndian) = VersionOf(bytes)!.Value;
    }

    /// <summary>1 or 2.</summary>
    public int Version { get; }

    /// <summary>True if numbers begin with their most significant byte.</summary>
    public bool IsBigEndian => _isBigEndian;

    public bool IsPair => Magic(_bytes, Version)[1] == (byte)'i';

    public int DataType => Version == 1 ? Short(70) : Short(12);

    /// <summary>The number of axes; a value outside 1 to 7 is invalid.</summary>
    public long AxisCount => Version == 1 ? Short(40) : Long(16);

    /// <summary>The lengths, x first.</summary>
    public long[] Lengths
    {
        get
        {
            long[] lengths =
            [
                .. Enumerable.Range(1, (int)Math.Clamp(AxisCount, 0, MaxAxes))
                    .Select(axis => Version == 1 ? Short(40 + (2 * axis)) : Long(16 + (8 * axis))),
            ];

            // FreeSurfer has the length of a long vector elsewhere.
            if (Version == 1 && lengths is [-1, 1, 1, ..])
            {
                lengths[0] = Int(144);
            }

            return lengths;
        }
    }

    public double Offset
    {
        get
        {
            double said = Version == 1 ? Single(108) : Long(168);
            return said == 0 ? (Version == 1 ? Bytes1 : Bytes2) + ExtenderBytes : said;
        }
    }

    /// <summary>The factor of the stored numbers; 0 if they are not scaled.</summary>
    public double Slope => Real(112, 176);

    /// <summary>The number that is added after the factor.</summary>
    public double Intercept => Real(116, 184);

    /// <summary>The unit of a voxel's length; null if the file has none.</summary>
    public string? SpaceUnit => (Units & 7) switch { 1 => "m", 2 => "mm", 3 => "µm", _ => null };

    public string? TimeUnit => (Units & 0x38) switch { 8 => "s", 16 => "ms", 24 => "µs", _ => null };

    public string Description => Encoding.UTF8.GetString(_bytes, Version == 1 ? 148 : 240, 80).Split('\0')[0].TrimEnd();

    private int Units => Version == 1 ? _bytes[123] : Int(500);

    /// <summary>Returns the version and byte order of a file that begins as NIfTI; null for another file.</summary>
    public static (int Version, bool IsBigEndian)? VersionOf(ReadOnlySpan<byte> file)
    {
        foreach ((int version, int bytes) in ((int, int)[])[(1, Bytes1), (2, Bytes2)])
        {
            if (file.Length >= bytes && Magic(file, version) is [(byte)'n', (byte)'+' or (byte)'i', var digit, 0] && digit == '0' + version)
            {
                bool isLittle = BinaryPrimitives.ReadInt32LittleEndian(file) == bytes;
                return isLittle || BinaryPrimitives.ReadInt32BigEndian(file) == bytes ? (version, !isLittle) : null;
            }
        }

        return null;
    }

    /// <summary>The length of a step along an axis, counted from 1.</summary>
    public double Step(int axis) => Real(76 + (4 * axis), 104 + (8 * axis));

    /// <summary>The size of a voxel along an axis of space: without a sign, and 1 where the file has no number.</summary>
    public double Size(int axis) => Step(axis) is not 0 and var step ? Math.Abs(step) : 1;

    /// <summary>True if the file has a rotation that is none.</summary>
    public bool HasBadRotation => Code(254, 348) == 0 && Code(252, 344) != 0 && Rotation() is null;

    /// <summary>
    /// From the index of a voxel to its place: x to the right of the person, y to the front, z up, three rows of four numbers; null where
    /// the file does not say.
    /// </summary>
    public double[][]? Affine()
    {
        bool hasRows = Code(254, 348) != 0;
        bool hasQuaternion = Code(252, 344) != 0;
        double[][]? rows = hasRows ? [.. Enumerable.Range(0, 3).Select(row => Row(row))] : hasQuaternion ? FromQuaternion() : null;
        return rows is not null && rows.All(static row => row.All(double.IsFinite)) ? rows : null;
    }

    private double[] Row(int row) =>
        [.. Enumerable.Range(0, 4).Select(column => Real(280 + (16 * row) + (4 * column), 400 + (32 * row) + (8 * column)))];

    /// <summary>Returns the unit quaternion of the rotation from the three numbers in the file; null if their squares exceed 1.</summary>
    private (double A, double B, double C, double D)? Rotation()
    {
        // So much more than 1 is rounding.
        const double Rounding = 1e-3;
        (double b, double c, double d) = (Real(256, 352), Real(260, 360), Real(264, 368));
        double square = 1 - ((b * b) + (c * c) + (d * d));
        if (!(square > -Rounding))
        {
            return null;
        }

        double length = square < 1e-7 ? Math.Sqrt((b * b) + (c * c) + (d * d)) : 1;
        return (square < 1e-7 ? 0 : Math.Sqrt(square), b / length, c / length, d / length);
    }

    /// <summary>"Method 2" of nifti1.h: a mirror, a rotation and a shift.</summary>
    private double[][]? FromQuaternion()
    {
        if (Rotation() is not (var a, var b, var c, var d))
        {
            return null;
        }

        double[] shift = [Real(268, 376), Real(272, 384), Real(276, 392)];
        double mirror = Step(0) < 0 ? -1 : 1;
        (double x, double y, double z) = (Size(1), Size(2), Size(3) * mirror);
        return
        [
            [((a * a) + (b * b) - (c * c) - (d * d)) * x, 2 * ((b * c) - (a * d)) * y, 2 * ((b * d) + (a * c)) * z, shift[0]],
            [2 * ((b * c) + (a * d)) * x, ((a * a) + (c * c) - (b * b) - (d * d)) * y, 2 * ((c * d) - (a * b)) * z, shift[1]],
            [2 * ((b * d) - (a * c)) * x, 2 * ((c * d) + (a * b)) * y, ((a * a) + (d * d) - (c * c) - (b * b)) * z, shift[2]],
        ];
    }

    private static ReadOnlySpan<byte> Magic(ReadOnlySpan<byte> file, int version) => file.Slice(version == 1 ? 344 : 4, 4);

    private int Code(int at1, int at2) => Version == 1 ? Short(at1) : Int(at2);

    private double Real(int at1, int at2) => Version == 1 ? Single(at1) : BitConverter.Int64BitsToDouble(Long(at2));

    private float Single(int at) => BitConverter.Int32BitsToSingle(Int(at));

    private short Short(int at) => _isBigEndian
        ? BinaryPrimitives.ReadInt16BigEndian(_bytes.AsSpan(at))
        : BinaryPrimitives.ReadInt16LittleEndian(_bytes.AsSpan(at));

    private int Int(int at) => _isBigEndian
        ? BinaryPrimitives.ReadInt32BigEndian(_bytes.AsSpan(at))
        : BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));

    private long Long(int at) => _isBigEndian
        ? BinaryPrimitives.ReadInt64BigEndian(_bytes.AsSpan(at))
        : BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(at));
}
