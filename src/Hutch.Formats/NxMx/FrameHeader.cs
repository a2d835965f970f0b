using Hutch.Formats.Frames;

namespace Hutch.Formats.NxMx;

/// <summary>
/// The entry <c>header</c> of an image dataset, in the units that programs want. The JSON document is the record; this is a
/// reading of it. See docs/formats/frames.md.
/// </summary>
public sealed record FrameHeader
{
    public const string EntryPath = FrameName.Header;

    public const string ContentType = "application/json";

    public const string ArrayFolder = FrameName.HeaderFolder;

    /// <summary>
    /// The mask's entry when a header does not name it: a header with only the detector's configuration. There may be none.
    /// </summary>
    public const string UsualMaskEntry = ArrayFolder + "/pixel_mask.npy";

    /// <summary>Bytes of a pixel in the file of a mask, at most: the largest number that there is.</summary>
    public const int MaskFileBytesPerPixel = 8;

    /// <summary>Pixels of an image, at most: 14 times those of the largest detectors.</summary>
    public const int MaxPixels = 1 << 28;

    /// <summary>The most pixels of a row or column: analyses keep several rows in memory.</summary>
    public const int MaxSidePixels = 1 << 17;

    /// <summary>More than any real header; a longer one is refused.</summary>
    public const int MaxBytes = 64 << 20;

    // The overhead of codecs and numpy files, and more.
    private const int MaxExtraBytes = 64 << 10;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Rows of an image: the slow direction.</summary>
    public required int Rows { get; init; }

    /// <summary>Pixels of a row: the fast direction.</summary>
    public required int Columns { get; init; }

    /// <summary>The type of a pixel.</summary>
    public required ElementType Type { get; init; }

    /// <summary>The codec of the frames, unless a frame says otherwise.</summary>
    public FrameCodec Codec { get; init; } = FrameCodec.BitshuffleLz4;

    /// <summary>Images in the series; null when it was not known at the start.</summary>
    public int? Images { get; init; }

    /// <summary>The channels: the first one's frames are at the root, those of others in a folder of its name.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [""];

    /// <summary>The position of the beam on the detector, in pixels along a row.</summary>
    public double? BeamCenterX { get; init; }

    /// <summary>The position of the beam on the detector, in rows.</summary>
    public double? BeamCenterY { get; init; }

    /// <summary>Metres from the sample to the detector.</summary>
    public double? DistanceMetres { get; init; }

    public double? WavelengthAngstrom { get; init; }

    /// <summary>Width of a pixel, along a row.</summary>
    public double? PixelSizeXMetres { get; init; }

    /// <summary>Height of a pixel, along a column.</summary>
    public double? PixelSizeYMetres { get; init; }

    /// <summary>The location of the pixels, if the detector is turned against the beam; null if it is square to it, or unknown.</summary>
    public DetectorPlane? Plane { get; init; }

    /// <summary>The largest trusted count.</summary>
    public double? SaturationValue { get; init; }

    /// <summary>The smallest value of a pixel with data; null where negative numbers mark pixels without data.</summary>
    public double? UnderloadValue { get; init; }

    public string? SensorMaterial { get; init; }

    public double? SensorThicknessMetres { get; init; }

    public double? CountTimeSeconds { get; init; }

    public double? FrameTimeSeconds { get; init; }

    /// <summary>The angle of the scan axis at the first image, in degrees.</summary>
    public double? ScanStartDegrees { get; init; }

    /// <summary>The rotation of the scan axis from image to image, in degrees; 0 or null for a still.</summary>
    public double? ScanIncrementDegrees { get; init; }

    /// <summary>The grid over which the sample was scanned; null for another kind of scan.</summary>
    public GridScan? Grid { get; init; }

    /// <summary>The path of the mask entry (numpy; 0 = good), or null when there is none.</summary>
    public string? MaskEntry { get; init; }

    public int ImageBytes => checked(Rows * Columns * Type.Size());

    /// <summary>The most bytes of one packed image: no codec makes twice as much of its input.</summary>
    public long MaxPackedBytes => (2L * ImageBytes) + MaxExtraBytes;

    /// <summary>Bytes of the file of the mask, at most.</summary>
    public int MaxMaskFileBytes => (int)Math.Min(((long)Rows * Columns * MaskFileBytesPerPixel) + MaxExtraBytes, Array.MaxLength);

    /// <summary>
    /// The value that marks a pixel without data: the largest of its type. Null for signed pixels, which use negative ones.
    /// </summary>
    public long? NoDataValue => Type switch
    {
        ElementType.UInt8 => byte.MaxValue,
        ElementType.UInt16 => ushort.MaxValue,
        ElementType.UInt32 => uint.MaxValue,
        _ => null,
    };

    /// <summary>The largest value of a pixel with data. Pixels without data, and negative ones read as unsigned, are above it.</summary>
    public uint LargestData => Type switch
    {
        ElementType.UInt8 => byte.MaxValue - 1,
        ElementType.Int8 => (uint)sbyte.MaxValue,
        ElementType.UInt16 => ushort.MaxValue - 1,
        ElementType.Int16 => (uint)short.MaxValue,
        ElementType.UInt32 => uint.MaxValue - 1,
        _ => int.MaxValue,
    };

    /// <summary>
    /// The smallest value of a pixel with data: that of the file, or 0. It is negative only for pixels with a sign, such as those of
    /// integrating detectors.
    /// </summary>
    public long SmallestData => UnderloadValue is not { } least || double.IsNaN(least) ? 0 : (long)Math.Clamp(
        Math.Ceiling(least), -(long)SmallestOfType, LargestData);

    /// <summary>
    /// The bits by which a pixel that was read as unsigned is shifted left and back in 64 bits to get its sign; 0 where negative numbers do
    /// not count.
    /// </summary>
    public int SignShift => SmallestData < 0 ? 64 - (8 * Type.Size()) : 0;

    /// <summary>The magnitude of the smallest number of the type. The one below it marks pixels without data.</summary>
    private int SmallestOfType => Type switch
    {
        ElementType.Int8 => sbyte.MaxValue,
        ElementType.Int16 => short.MaxValue,
        ElementType.Int32 => int.MaxValue,
        _ => 0,
    };

    /// <summary>The largest trusted value of a pixel: the saturation value, at most <see cref="LargestData"/>.</summary>
    public uint LargestTrusted =>
        SaturationValue is >= 0 and { } saturation && saturation < LargestData ? (uint)saturation : LargestData;

    /// <summary>Reads a header: ours, or one with the detector's configuration alone.</summary>
    public static Result<FrameHeader> Parse(ReadOnlySpan<byte> json)
    {
        if (json.Length > MaxBytes)
        {
            return ErrorCode.TooLarge.With($"The header has {json.Length} bytes; the limit is {MaxBytes}.");
        }

        try
        {
            return JsonNode.Parse(json, documentOptions: Strict) is JsonObject document
                ? Read(document)
                : ErrorCode.UnreadableFile.With("The header is not a JSON object.");
        }
        catch (JsonException e)
        {
            return ErrorCode.UnreadableFile.With(e.LineNumber is { } line
                ? $"The header is not JSON: line {line + 1}, byte {e.BytePositionInLine + 1}."
                : "The header is not JSON, or has a field twice.");
        }
    }

    /// <summary>
    /// Returns true if two headers describe one series. A header that was stored while the series grew has fewer images; all else is equal,
    /// except for values that follow from these.
    /// </summary>
    public static bool AreOfOneSeries(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) =>
        TryParse(a) is { } first && TryParse(b) is { } second && JsonNode.DeepEquals(WithoutCount(first), WithoutCount(second));

    /// <summary>The name of the file that a header was made from; null when it says none.</summary>
    public static string? SourceOf(ReadOnlySpan<byte> json) => NexusTree.Text(TryParse(json)?.At("hutch/source"));

    /// <summary>The header's arrays: their names, and the paths of their entries.</summary>
    public static IEnumerable<(string Name, string EntryPath)> ArraysOf(ReadOnlySpan<byte> json) =>
        TryParse(json)?.At("hutch/arrays") is JsonObject arrays
            ? [.. arrays.Select(static array => (array.Key, NexusTree.Text((array.Value as JsonObject)?["entry"]) ?? ""))]
            : [];

    private static JsonObject? TryParse(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonNode.Parse(json, documentOptions: Strict) as JsonObject;
        }
        catch (JsonException)
        {
            return null; // a header of something else
        }
    }

    private static JsonObject WithoutCount(JsonObject header)
    {
        header.Remove("nimages");
        (header["hutch"] as JsonObject)?.Remove("images");
        (header["hutch"] as JsonObject)?.Remove("grid");
        (header["hutch"] as JsonObject)?.Remove("detector");
        return header;
    }

    private static Result<FrameHeader> Read(JsonObject document)
    {
        if (NexusTree.Integer(document["y_pixels_in_detector"]) is not (> 0 and <= int.MaxValue and { } rows)
            || NexusTree.Integer(document["x_pixels_in_detector"]) is not (> 0 and <= int.MaxValue and { } columns))
        {
            return ErrorCode.UnreadableFile.With("The header lacks x_pixels_in_detector and y_pixels_in_detector.");
        }

        var frames = document["hutch"] as JsonObject;
        if (!TryReadType(document, frames, out ElementType type))
        {
            return ErrorCode.UnreadableFile.With("The header has an unknown pixel type: bit_depth_image must be 8, 16 or 32.");
        }

        if (Math.Max(rows, columns) > MaxSidePixels)
        {
            return ErrorCode.UnreadableFile.With(
                $"The header gives {rows} x {columns} pixels; an image can have at most {MaxSidePixels} on a side.");
        }

        if (rows * columns > MaxPixels)
        {
            return ErrorCode.UnreadableFile.With($"The header gives {rows} x {columns} pixels; an image can have at most {MaxPixels}.");
        }

        FrameCodec codec = FrameCodec.BitshuffleLz4;
        if (NexusTree.Text(frames?["codec"]) is { } name && !FrameCodecs.TryParse(name, out codec))
        {
            return ErrorCode.UnreadableFile.With($"The header has an unknown codec '{name}'.");
        }

        return Fill(document, frames, new FrameHeader { Rows = (int)rows, Columns = (int)columns, Type = type, Codec = codec });
    }

    private static FrameHeader Fill(JsonObject document, JsonObject? frames, FrameHeader header) => header with
    {
        Images = Count(frames?["images"]) ?? Count(document["nimages"]),
        Channels = frames?["channels"] is JsonArray { Count: > 0 } names
            ? names.Select(static n => NexusTree.Text(n) ?? "").ToArray()
            : [""],
        BeamCenterX = NexusTree.Real(document["beam_center_x"]),
        BeamCenterY = NexusTree.Real(document["beam_center_y"]),
        DistanceMetres = NexusTree.Real(document["detector_distance"]),
        WavelengthAngstrom = NexusTree.Real(document["wavelength"]),
        PixelSizeXMetres = NexusTree.Real(document["x_pixel_size"]),
        PixelSizeYMetres = NexusTree.Real(document["y_pixel_size"]),
        Plane = DetectorPlane.Read(frames?["detector"]),
        SaturationValue = NexusTree.Real(document["saturation_value"]) ?? NexusTree.Real(document["countrate_correction_count_cutoff"]),
        // A master without the value says nothing against negative numbers. In CBF files they mark gaps and bad pixels.
        UnderloadValue = NexusTree.Real(document["underload_value"]) ?? (document["nexus"] is JsonObject ? double.NegativeInfinity : null),
        SensorMaterial = NexusTree.Text(document["sensor_material"]),
        SensorThicknessMetres = NexusTree.Real(document["sensor_thickness"]),
        CountTimeSeconds = NexusTree.Real(document["count_time"]),
        FrameTimeSeconds = NexusTree.Real(document["frame_time"]),
        ScanStartDegrees = NexusTree.Real(frames?.At("scan/start")) ?? NexusTree.Real(document["omega_start"]),
        ScanIncrementDegrees = NexusTree.Real(frames?.At("scan/increment")) ?? NexusTree.Real(document["omega_increment"]),
        Grid = GridScan.Find(document),
        MaskEntry = NexusTree.Text(frames?.At("arrays/pixel_mask/entry")),
    };

    private static int? Count(JsonNode? node) => NexusTree.Integer(node) is >= 0 and <= int.MaxValue and { } count ? (int)count : null;

    private static bool TryReadType(JsonObject document, JsonObject? frames, out ElementType type)
    {
        if (NexusTree.Text(frames?["type"]) is { } name)
        {
            return ElementTypes.TryParse(name, out type) && type.IsPixelType();
        }

        long? depth = NexusTree.Integer(document["bit_depth_image"]);
        type = depth switch
        {
            8 => ElementType.UInt8,
            32 => ElementType.UInt32,
            _ => ElementType.UInt16,
        };
        return depth is 8 or 16 or 32;
    }
}
