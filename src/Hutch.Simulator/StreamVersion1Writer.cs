using System.Text;
using System.Text.Json.Nodes;
using Hutch.Detectors.DectrisStream;
using Hutch.Formats.Arrays;

namespace Hutch.Simulator;

/// <summary>Writes messages of version 2 as a detector with version 1 (EIGER1) sends them: see <see cref="StreamVersion1"/>.</summary>
public static class StreamVersion1Writer
{
    /// <summary>The bytes before a block of LZ4 in a chunk of HDF5, which version 1 does not send.</summary>
    private const int Lz4Head = 16;

    private const double NanosecondsPerSecond = 1e9;

    private static readonly (string Version2, string Version1)[] Names =
    [
        ("image_size_x", "x_pixels_in_detector"), ("image_size_y", "y_pixels_in_detector"), ("number_of_images", "nimages"),
        ("incident_wavelength", "wavelength"), ("incident_energy", "photon_energy"), ("pixel_size_x", "x_pixel_size"),
        ("pixel_size_y", "y_pixel_size"), ("detector_description", "description"), ("detector_serial_number", "detector_number"),
        ("pixel_mask_enabled", "pixel_mask_applied"),
    ];

    /// <summary>Returns the parts of a message.</summary>
    public static IReadOnlyList<StreamBuffer> Write(StreamMessage message) => message switch
    {
        StartMessage start => WriteStart(start),
        ImageMessage image => WriteImage(image),
        _ => [Json(new JsonObject { ["htype"] = "dseries_end-1.0", ["series"] = message.SeriesId })],
    };

    private static List<StreamBuffer> WriteStart(StartMessage start)
    {
        var config = new JsonObject { ["ntrigger"] = 1 };
        foreach ((string name, JsonNode? value) in start.Fields)
        {
            if (name is not ("user_data" or "goniometer" or "detector_translation" or "image_dtype" or "channels"))
            {
                config[Array.Find(Names, pair => pair.Version2 == name).Version1 ?? name] = value?.DeepClone();
            }
        }

        foreach ((string axis, JsonNode? value) in start.Fields["goniometer"] as JsonObject ?? [])
        {
            config[$"{axis}_start"] = value?["start"]?.DeepClone();
            config[$"{axis}_increment"] = value?["increment"]?.DeepClone();
        }

        if (start.Fields["detector_translation"]?[2] is JsonValue distance)
        {
            config["detector_distance"] = Math.Abs(distance.GetValue<double>());
        }

        List<StreamBuffer> parts =
        [
            Json(new JsonObject { ["htype"] = "dheader-1.0", ["series"] = start.SeriesId, ["header_detail"] = "all" }), Json(config),
        ];
        foreach (StreamArrayField field in start.Arrays)
        {
            NumericArray numbers = field.Array!.Decode().Value;
            string kind = field.Name == "pixel_mask" ? "dpixelmask" : field.Name == "flatfield" ? "dflatfield" : "dcountrate_table";
            parts.Add(Json(Layout($"{kind}-1.0", field.Array)));
            parts.Add(StreamBuffer.Copy(numbers.Bytes.Span));
        }

        if (start.Fields["user_data"] is { } userData)
        {
            parts.Add(StreamBuffer.Copy(Encoding.UTF8.GetBytes(userData.ToJsonString())));
        }

        return parts;
    }

    private static List<StreamBuffer> WriteImage(ImageMessage image)
    {
        StreamArray array = image.Channels[0].Array!;
        ReadOnlySpan<byte> bytes = array.Codec == FrameCodec.Lz4 ? array.Bytes.Span[Lz4Head..] : array.Bytes.Span;
        JsonObject layout = Layout("dimage_d-1.0", array);
        layout["encoding"] = array.Codec switch
        {
            FrameCodec.BitshuffleLz4 => $"bs{array.Type.Size() * 8}-lz4<",
            FrameCodec.Lz4 => "lz4<",
            _ => "<",
        };
        layout["size"] = bytes.Length;
        return
        [
            Json(new JsonObject { ["htype"] = "dimage-1.0", ["series"] = image.SeriesId, ["frame"] = image.ImageId, ["hash"] = "" }),
            Json(layout),
            StreamBuffer.Copy(bytes),
            Json(new JsonObject
            {
                ["htype"] = "dconfig-1.0",
                ["start_time"] = Nanoseconds(image.StartSeconds),
                ["stop_time"] = Nanoseconds(image.StopSeconds),
                ["real_time"] = Nanoseconds(image.RealSeconds),
            }),
        ];
    }

    private static JsonObject Layout(string type, StreamArray array) => new()
    {
        ["htype"] = type,
        ["shape"] = new JsonArray([.. array.Shape.Reverse().Select(static length => (JsonNode)length)]),
        ["type"] = array.Type.Name(),
    };

    private static long? Nanoseconds(double? seconds) => seconds is { } known ? (long)Math.Round(known * NanosecondsPerSecond) : null;

    private static StreamBuffer Json(JsonObject part) => StreamBuffer.Copy(Encoding.UTF8.GetBytes(part.ToJsonString()));
}
