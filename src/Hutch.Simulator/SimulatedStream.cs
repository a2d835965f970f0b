using System.Buffers.Binary;
using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Detectors.Ingest;
using Hutch.Formats.NxMx;

namespace Hutch.Simulator;

/// <summary>
/// The messages of a series as a detector sends them. A few pictures are packed beforehand and sent again and again, so that the rate is
/// that of the network and not of the simulation.
/// </summary>
public sealed class SimulatedStream
{
    private const string Channel = "threshold_1";
    private const int PicturesOfAKind = 4;

    /// <summary>The strength of diffraction in the parts of a grid: none, at the crystal's edge, in its middle.</summary>
    private static readonly double[] Strengths = [0, 0.25, 1];

    /// <summary>Texts of a file's header, and their names in a start message.</summary>
    private static readonly (string Name, string Field)[] ToldInWords =
    [
        ("description", "detector_description"), ("detector_number", "detector_serial_number"), ("sensor_material", "sensor_material"),
    ];

    private readonly StreamSeriesName _series;
    private readonly List<Picture> _pictures;
    private readonly GridScan? _grid;

    private SimulatedStream(StreamSeriesName series, byte[] start, List<Picture> pictures, GridScan? grid)
    {
        _series = series;
        _pictures = pictures;
        _grid = grid;
        Start = start;
        End = StreamMessageWriter.End(series);
    }

    public ReadOnlyMemory<byte> Start { get; }

    public ReadOnlyMemory<byte> End { get; }

    /// <summary>
    /// A number that makes each image differ from the others and from those of other series, in its last pixels: a store would keep equal
    /// ones once. Null sends the pictures as they are.
    /// </summary>
    public int? Mark { get; set; }

    /// <summary>Bytes of an image message, on average.</summary>
    public double ImageBytes => _pictures.Average(static picture => (double)picture.Message.Length);

    /// <param name="options">What to simulate; its number of images is that of the series.</param>
    /// <param name="grid">The grid that is scanned; null for a crystal that turns.</param>
    /// <param name="userData">The field <c>user_data</c> of the start message.</param>
    public static Result<SimulatedStream> Simulate(
        SimulationOptions options, StreamSeriesName series, GridScan? grid, JsonObject userData, CancellationToken cancellationToken)
    {
        if (options.Validate() is { } error)
        {
            return error;
        }

        var pictures = new List<Picture>();
        FrameSimulator? last = null;
        SimulationOptions few = options with { Images = Math.Min(options.Images, PicturesOfAKind) };
        foreach (double strength in grid is null ? [1] : Strengths)
        {
            last = new FrameSimulator(few with { ReflectionPhotons = few.ReflectionPhotons * strength });
            Draw(last, few, series, pictures, cancellationToken);
        }

        byte[] start = StreamMessageWriter.Start(series, Fields(options, last!.Geometry, grid, userData), [Mask(options, last.Faults)]);
        return new SimulatedStream(series, start, pictures, grid);
    }

    /// <param name="source">The file; it is read up to the number of pictures that are kept.</param>
    /// <param name="userData">The field <c>user_data</c> of the start message.</param>
    public static async Task<Result<SimulatedStream>> FromFileAsync(
        IFrameSource source, int images, StreamSeriesName series, JsonObject userData, CancellationToken cancellationToken)
    {
        const int MaxPictures = 64;
        var pictures = new List<Picture>();
        FrameHeader header = source.Header;
        await foreach (SourceFrame frame in source.ReadFramesAsync(cancellationToken))
        {
            if (frame is { IsMissing: false, Channel: "", FilterMask: 0 }
                && frame.Codec is FrameCodec.BitshuffleLz4 or FrameCodec.Lz4 or FrameCodec.Raw)
            {
                pictures.Add(Picture.Pack(series, [header.Rows, header.Columns], header.Type, frame.Codec, frame.Bytes.ToArray()));
            }

            if (pictures.Count == Math.Min(MaxPictures, images))
            {
                break;
            }
        }

        return pictures.Count == 0
            ? ErrorCode.UnreadableFile.With("The file has no frames that a detector would send: bslz4, lz4 or raw.")
            : new SimulatedStream(series, StreamMessageWriter.Start(series, Fields(source, images, userData), []), pictures, null);
    }

    /// <param name="image">Its number, from 0.</param>
    public StreamBuffer Image(int image)
    {
        int kind = _grid is null ? 0 : KindOf(_grid, image, Strengths.Length);
        int ofAKind = _pictures.Count / (_grid is null ? 1 : Strengths.Length);
        Picture picture = _pictures[(kind * ofAKind) + (image % ofAKind)];
        var message = new StreamBuffer(picture.Message.Length);
        Span<byte> bytes = message.GetSpan();
        picture.Message.CopyTo(bytes);
        BinaryPrimitives.WriteUInt32BigEndian(bytes[picture.NumberOffset..], (uint)image);
        if (Mark is { } mark)
        {
            // The last five bytes of an LZ4 block are never part of a match: the frame stays readable.
            BinaryPrimitives.WriteInt32BigEndian(bytes[(picture.PixelsEnd - sizeof(int))..], (mark << 16) | (image & 0xFFFF));
        }

        return message;
    }

    private static void Draw(
        FrameSimulator simulator, SimulationOptions options, StreamSeriesName series, List<Picture> pictures,
        CancellationToken cancellationToken)
    {
        ElementType type = TypeOf(options);
        byte[] pixels = new byte[options.Detector.Rows * options.Detector.Columns * type.Size()];
        byte[] chunk = new byte[FrameEncoder.MaxEncodedLength(options.Codec, pixels.Length)];
        for (int image = 0; image < options.Images; image++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            simulator.Draw(image, 0, pixels, new int[simulator.Reflections(image).Count]);
            int length = FrameEncoder.Encode(options.Codec, type.Size(), pixels, chunk);
            pictures.Add(Picture.Pack(
                series, [options.Detector.Rows, options.Detector.Columns], type, options.Codec, chunk.AsMemory(0, length)));
        }
    }

    private static JsonObject Fields(SimulationOptions options, Geometry geometry, GridScan? grid, JsonObject userData)
    {
        var header = new FrameHeader
        {
            Rows = options.Detector.Rows,
            Columns = options.Detector.Columns,
            Type = TypeOf(options),
            BeamCenterX = geometry.BeamX,
            BeamCenterY = geometry.BeamY,
            DistanceMetres = geometry.DistanceMetres,
            WavelengthAngstrom = options.WavelengthAngstrom,
            PixelSizeXMetres = DetectorModel.PixelSizeMetres,
            PixelSizeYMetres = DetectorModel.PixelSizeMetres,
            SaturationValue = options.BitDepth == 16 ? SeriesFiles.Saturation16 : uint.MaxValue - 1L,
            SensorThicknessMetres = MasterWriter.SensorThicknessMetres,
            CountTimeSeconds = 0.01,
            FrameTimeSeconds = 0.01,
        };
        JsonObject fields = Fields(header, options.Images, userData);
        fields["arm_date"] = "2026-01-01T00:00:00Z";
        fields["detector_description"] = options.Detector.Description;
        fields["detector_serial_number"] = "SIM-0001";
        fields["goniometer"] = new JsonObject
        {
            ["omega"] = new JsonObject { ["start"] = 0.0, ["increment"] = grid is null ? options.IncrementDegrees : 0.0 },
        };
        fields["incident_energy"] = PhotonEnergy.OfWavelength(options.WavelengthAngstrom);
        fields["pixel_mask_enabled"] = true;
        fields["sensor_material"] = MasterWriter.SensorMaterial;
        if (grid is not null)
        {
            fields["user_data"]!["grid"] = grid.ToJson();
        }

        return fields;
    }

    /// <summary>Returns the kind of an image by the part of the crystal in its cell: an ellipse, a little off the middle.</summary>
    /// <param name="grid">The grid; after its last image it is scanned again.</param>
    /// <param name="image">The number of the image, from 0.</param>
    /// <param name="kinds">The number of kinds of images, the weakest first.</param>
    internal static int KindOf(GridScan grid, int image, int kinds)
    {
        (int row, int column) = grid.CellOf((image % (grid.Rows * grid.Columns)) + 1)!.Value;
        double y = ((row - 0.5) / grid.Rows) - 0.45, x = ((column - 0.5) / grid.Columns) - 0.55;
        double distance = Math.Sqrt((y * y * 6) + (x * x * 12));
        return Math.Clamp((int)((1.15 - distance) * kinds), 0, kinds - 1);
    }

    /// <summary>
    /// Returns the detector's descriptions from a file's header; without the sensor's material, DIALS refuses the images.
    /// </summary>
    private static JsonObject Fields(IFrameSource source, int images, JsonObject userData)
    {
        JsonObject fields = Fields(source.Header, images, userData);
        var header = (JsonObject)JsonNode.Parse(source.HeaderJson.Span)!;
        foreach ((string name, string field) in ToldInWords)
        {
            if (header[name] is JsonValue value && value.TryGetValue(out string? text))
            {
                fields[field] = text;
            }
        }

        if (header["hutch"]?["scan"] is JsonObject scan && (string?)scan["axis"] is { } axis)
        {
            fields["goniometer"] = new JsonObject
            {
                [axis] = new JsonObject { ["start"] = scan["start"]?.DeepClone(), ["increment"] = scan["increment"]?.DeepClone() },
            };
        }

        return fields;
    }

    private static ElementType TypeOf(SimulationOptions options) => options.BitDepth == 16 ? ElementType.UInt16 : ElementType.UInt32;

    private static JsonObject Fields(FrameHeader header, int images, JsonObject userData)
    {
        var fields = new JsonObject
        {
            ["channels"] = new JsonArray(Channel),
            ["image_dtype"] = header.Type.Name(),
            ["image_size_x"] = header.Columns,
            ["image_size_y"] = header.Rows,
            ["number_of_images"] = images,
            ["user_data"] = userData.DeepClone(),
        };
        Add("beam_center_x", header.BeamCenterX);
        Add("beam_center_y", header.BeamCenterY);
        Add("count_time", header.CountTimeSeconds);
        Add("frame_time", header.FrameTimeSeconds);
        Add("incident_wavelength", header.WavelengthAngstrom);
        Add("pixel_size_x", header.PixelSizeXMetres);
        Add("pixel_size_y", header.PixelSizeYMetres);
        Add("saturation_value", header.SaturationValue);
        Add("sensor_thickness", header.SensorThicknessMetres);
        if (header.DistanceMetres is { } distance)
        {
            fields["detector_translation"] = new JsonArray(0.0, 0.0, -distance);
        }

        return fields;

        void Add(string name, double? value)
        {
            if (value is { } known)
            {
                fields[name] = known;
            }
        }
    }

    private static StreamArrayField Mask(SimulationOptions options, PixelFaults faults)
    {
        ReadOnlySpan<byte> mask = System.Runtime.InteropServices.MemoryMarshal.AsBytes<uint>(faults.Mask);
        byte[] chunk = new byte[FrameEncoder.MaxEncodedLength(FrameCodec.BitshuffleLz4, mask.Length)];
        int length = FrameEncoder.Encode(FrameCodec.BitshuffleLz4, sizeof(uint), mask, chunk);
        var array = new StreamArray(
            [options.Detector.Rows, options.Detector.Columns], ElementType.UInt32, false, FrameCodec.BitshuffleLz4,
            chunk.AsMemory(0, length));
        return new StreamArrayField("pixel_mask", Channel, array, null);
    }

    /// <param name="Message">The message, with the largest number there is.</param>
    /// <param name="NumberOffset">Where the four bytes of the number are.</param>
    private sealed record Picture(byte[] Message, int NumberOffset, int PixelsEnd)
    {
        public static Picture Pack(StreamSeriesName series, int[] shape, ElementType type, FrameCodec codec, ReadOnlyMemory<byte> bytes)
        {
            var array = new StreamArray(shape, type, false, codec, bytes);
            var image = new ImageMessage
            {
                ImageId = ImageMessage.LargestId,
                Channels = [new StreamArrayField(Channel, Channel, array, null)],
                RealSeconds = 0.01,
            };
            byte[] message = StreamMessageWriter.Image(series, image);
            int pixels = message.AsSpan().IndexOf(bytes.Span);
            return new Picture(message, message.AsSpan().IndexOf("image_id"u8) + "image_id"u8.Length + 1, pixels + bytes.Length);
        }
    }
}
