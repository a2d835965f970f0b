using Hutch.Detectors.Ingest;

namespace Hutch.Detectors.DectrisStream;

/// <summary>
/// The <c>header</c> entry of a series that came as a stream, and its arrays. It has the values of the start message under the names of
/// the detector's configuration, and all of the message under <c>start</c>. See docs/formats/frames.md.
/// </summary>
public sealed class StreamHeader
{
    // What the stream calls otherwise than the detector's configuration, which is what the header speaks.
    private static readonly (string InStream, string InConfiguration)[] Names =
    [
        ("number_of_images", "nimages"),
        ("incident_wavelength", "wavelength"),
        ("incident_energy", "photon_energy"),
        ("pixel_size_x", "x_pixel_size"),
        ("pixel_size_y", "y_pixel_size"),
        ("detector_description", "description"),
        ("detector_serial_number", "detector_number"),
        ("countrate_correction_enabled", "countrate_correction_applied"),
        ("flatfield_enabled", "flatfield_correction_applied"),
        ("pixel_mask_enabled", "pixel_mask_applied"),
        ("virtual_pixel_interpolation_enabled", "virtual_pixel_correction_applied"),
    ];

    private const string DetectorArm = "two_theta";

    /// <summary>More than the masks and flat fields of any detector; the excess is left out.</summary>
    private const long MaxArrayBytes = 1L << 30;

    private StreamHeader(
        byte[] json, FrameHeader header, IReadOnlyList<(string Name, NumericArray Numbers)> arrays, IReadOnlyList<string> notes)
    {
        Json = json;
        Header = header;
        Arrays = arrays.Select(static array => new SourceArray(EntryOf(array.Name), NumpyFile.Write(array.Numbers)));
        Notes = notes;
    }

    /// <summary>The bytes of the entry.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    public FrameHeader Header { get; }

    public IEnumerable<SourceArray> Arrays { get; }

    /// <summary>The unreadable parts of the start message, in a sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>
    /// Makes the header of a series. Firmware that does not say the type or the size of a pixel in the start message says it with each
    /// image, so the first one helps; without a start message, it is all there is.
    /// </summary>
    public static Result<StreamHeader> Make(StartMessage? start, ImageMessage? first)
    {
        var fields = start?.Fields ?? [];
        StreamArray? sample =
            first?.Channels.Select(static channel => channel.Array).FirstOrDefault(static array => array?.Shape.Count == 2);
        long? rows = NexusTree.Integer(fields["image_size_y"]) ?? sample?.Shape[0];
        long? columns = NexusTree.Integer(fields["image_size_x"]) ?? sample?.Shape[1];
        ElementType type = default;
        bool hasType = ElementTypes.TryParse(NexusTree.Text(fields["image_dtype"]), out type) && type.IsPixelType();
        if (!hasType && sample is not null)
        {
            (type, hasType) = (sample.Type, sample.Type.IsPixelType());
        }

        if (rows is not (> 0 and <= int.MaxValue) || columns is not (> 0 and <= int.MaxValue) || !hasType)
        {
            return ErrorCode.UnreadableFile.With("The stream does not say the size and type of its images.");
        }

        var frames = new FrameHeader
        {
            Rows = (int)rows,
            Columns = (int)columns,
            Type = type,
            Codec = sample?.Codec ?? FrameCodec.BitshuffleLz4,
            Images = NexusTree.Integer(fields["number_of_images"]) is >= 0 and <= int.MaxValue and { } images ? (int)images : null,
            Channels = Channels(fields, first),
        };
        return Build(start, first, frames, fields);
    }

    /// <param name="series">The unique id of the series, else its number.</param>
    public static string SourceOf(string series) => $"stream {series}";

    private static Result<StreamHeader> Build(StartMessage? start, ImageMessage? first, FrameHeader frames, JsonObject fields)
    {
        var notes = new List<string>();
        if (start is null)
        {
            notes.Add("The start of the series was not received: geometry, wavelength and mask are unknown.");
        }

        if (frames.Channels.Count > 1)
        {
            notes.Add(SeriesNotes.HasChannels("The stream", frames.Channels));
        }

        if (NexusTree.Real((fields["goniometer"] as JsonObject)?.At(DetectorArm + "/start")) is { } twoTheta && twoTheta != 0)
        {
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"The arm of the detector is at {twoTheta:0.0#}°; a stream does not say which way, so resolutions are those without it."));
        }

        List<(string Name, NumericArray Numbers)> arrays = Unpack(start?.Arrays ?? [], frames, notes);
        var named = new JsonObject();
        foreach ((string name, NumericArray array) in arrays)
        {
            named[name] = new JsonObject
            {
                ["entry"] = EntryOf(name),
                ["type"] = array.Type.Name(),
                ["shape"] = new JsonArray([.. array.Shape.Select(static length => JsonValue.Create(length))]),
            };
        }

        string series = start?.Series ?? first?.Series ?? "";
        var document = new HeaderDocument(SourceOf(series), frames, named);
        Fill(document, fields);
        if (fields.Count > 0)
        {
            document.Root["start"] = fields.DeepClone();
            document.AddGrid();
        }

        byte[] json = document.ToBytes();
        return FrameHeader.Parse(json).Then(header => Result<StreamHeader>.Ok(new StreamHeader(json, header, arrays, notes)));
    }

    private static void Fill(HeaderDocument document, JsonObject fields)
    {
        JsonObject header = document.Root;
        foreach ((string name, JsonNode? value) in fields)
        {
            if (value is JsonValue && name is not ("user_data" or "image_dtype" or "image_size_x" or "image_size_y"))
            {
                string known = Names.FirstOrDefault(pair => pair.InStream == name).InConfiguration ?? name;
                header.TryAdd(known, value.DeepClone());
            }
        }

        // The third number is the distance along the beam; its sign is that of the axis, which points to the source.
        if (fields["detector_translation"] is JsonArray { Count: 3 } translation && NexusTree.Real(translation[2]) is { } distance)
        {
            header["detector_distance"] = Math.Abs(distance);
        }

        document.AddShape();
        if (FindScan(fields["goniometer"] as JsonObject) is { } scan)
        {
            document.AddScan(scan);
        }
    }

    private static ScanAxis? FindScan(JsonObject? goniometer)
    {
        ScanAxis? still = null;
        foreach ((string name, JsonNode? value) in goniometer ?? [])
        {
            // The arm of the detector is no axis of the sample.
            var axis = name == DetectorArm ? null : value as JsonObject;
            if (NexusTree.Real(axis?["start"]) is { } start)
            {
                var scan = new ScanAxis(name, start, NexusTree.Real(axis?["increment"]) ?? 0);
                if (scan.IncrementDegrees != 0)
                {
                    return scan;
                }

                still = name == "omega" ? scan : still ?? scan;
            }
        }

        return still;
    }

    private static string[] Channels(JsonObject fields, ImageMessage? first)
    {
        string[] names = first is not null
            ? [.. first.Channels.Select(static channel => channel.Channel)]
            : [.. (fields["channels"] as JsonArray ?? []).Select(NexusTree.Text).OfType<string>().Select(StreamChannel.NameOf)];
        return names.Length > 1 ? names : [""];
    }

    /// <summary>Unpacks what can be; the rest is noted, as the detector's other data are no worse for it.</summary>
    private static List<(string Name, NumericArray Numbers)> Unpack(
        IReadOnlyList<StreamArrayField> fields, FrameHeader frames, List<string> notes)
    {
        var unpacked = new List<(string Name, NumericArray Numbers)>();
        long left = MaxArrayBytes;
        foreach (StreamArrayField field in fields)
        {
            if (!Unpack(field, frames, ref left).TryGet(out NumericArray? numbers, out HutchError? error))
            {
                string of = field.Channel.Length > 0 ? $" of {field.Channel}" : "";
                notes.Add($"The {field.Name}{of} of the start message was left out: {error.Message}.");
                continue;
            }

            // The first channel's array is the detector's, as in a master file.
            bool isFirst = !unpacked.Exists(each => each.Name == field.Name);
            unpacked.Add((field.Channel.Length == 0 || isFirst ? field.Name : $"{field.Channel}/{field.Name}", numbers));
        }

        return unpacked;
    }

    private static Result<NumericArray> Unpack(StreamArrayField field, FrameHeader frames, ref long left)
    {
        if (field.Array is not { } array)
        {
            return ErrorCode.UnreadableFile.With(field.Problem!);
        }

        if (field.Channel.Length > 0 && !array.Shape.SequenceEqual([frames.Rows, frames.Columns]))
        {
            return ErrorCode.UnreadableFile.With("its size is not that of the images");
        }

        left -= array.DecodedBytes;
        return left >= 0 ? array.Decode() : ErrorCode.TooLarge.With($"the arrays have more than {MaxArrayBytes} bytes");
    }

    private static string EntryOf(string array) => $"{FrameHeader.ArrayFolder}/{array}.npy";
}
