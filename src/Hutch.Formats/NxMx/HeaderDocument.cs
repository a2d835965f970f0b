using System.Buffers;
using Hutch.Formats.Frames;

namespace Hutch.Formats.NxMx;

/// <summary>
/// Builds the <c>header</c> document of a series: <c>hutch</c> describes the frames, the top level has the detector's configuration, and
/// a source adds the rest under another name. See docs/formats/frames.md.
/// </summary>
internal sealed class HeaderDocument
{
    private const string Format = "hutch-frames-1";

    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly FrameHeader _series;
    private readonly JsonObject _frames;

    /// <param name="series">Size, type, codec, channels and number of the frames.</param>
    public HeaderDocument(string source, FrameHeader series, JsonObject arrays)
    {
        _series = series;
        _frames = new JsonObject
        {
            ["format"] = Format,
            ["source"] = source,
            ["images"] = series.Images,
            ["channels"] = new JsonArray([.. series.Channels.Select(static name => JsonValue.Create(name))]),
            ["codec"] = series.Codec.Name(),
            ["type"] = series.Type.Name(),
            ["shape"] = new JsonArray(series.Rows, series.Columns),
            ["arrays"] = arrays,
        };
        Root = new JsonObject { ["hutch"] = _frames };
    }

    public JsonObject Root { get; }

    /// <summary>Adds the size of the images to the configuration, over the source's own values, which could only differ wrongly.</summary>
    public void AddShape()
    {
        Root["x_pixels_in_detector"] = _series.Columns;
        Root["y_pixels_in_detector"] = _series.Rows;
        Root["bit_depth_image"] = _series.Type.Size() * 8;
        Root["nimages"] ??= _series.Images;
        Root["ntrigger"] ??= 1;
    }

    /// <summary>Adds the rotation axis, in degrees.</summary>
    public void AddScan(ScanAxis axis)
    {
        var scan = new JsonObject { ["axis"] = axis.Name, ["start"] = axis.StartDegrees };
        Root[axis.Name + "_start"] = axis.StartDegrees;
        if (axis.IncrementDegrees is { } increment)
        {
            Root[axis.Name + "_increment"] = increment;
            scan["increment"] = increment;
        }

        scan["unit"] = "degree";
        if (axis.Sweeps.Count > 0)
        {
            scan["sweeps"] = new JsonArray(
                [.. axis.Sweeps.Select(static sweep => new JsonObject { ["image"] = sweep.Image, ["start"] = sweep.StartDegrees })]);
        }

        _frames["scan"] = scan;
    }

    /// <summary>Adds values that differ from image to image, in the units of the header.</summary>
    public void AddPerImage(IReadOnlyDictionary<string, double[]> values)
    {
        if (values.Count > 0)
        {
            var perImage = new JsonObject();
            foreach ((string name, double[] numbers) in values)
            {
                perImage[name] = new JsonArray([.. numbers.Select(static number => JsonValue.Create(number))]);
            }

            _frames["perImage"] = perImage;
        }
    }

    /// <summary>Adds where the pixels of a detector are that is turned against the beam.</summary>
    public void AddDetector(DetectorPlane plane) => _frames["detector"] = plane.ToJson();

    public void AddGrid()
    {
        if (GridScan.Find(Root) is { } grid)
        {
            _frames["grid"] = grid.ToJson();
        }
    }

    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes, Indented))
        {
            Root.WriteTo(json);
        }

        return bytes.WrittenSpan.ToArray();
    }
}
