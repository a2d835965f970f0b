using System.Text.Json.Nodes;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;
using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Formats.Export;

/// <summary>
/// Writes stored frames to an NXmx file, each as the chunk that it is: nothing is compressed again. What the header kept of a master is
/// written back; for other sources, what programs need is made from the header. Not thread-safe.
/// </summary>
public sealed class NxMxExport : IDisposable
{
    private const string Instrument = "/instrument";
    private const FrameCodec ArrayCodec = FrameCodec.BitshuffleLz4;

    private readonly Hdf5Writer _file;
    private readonly FrameHeader _header;
    private readonly string _entry;
    private readonly int _first;
    private readonly int _images;
    private readonly Dictionary<string, Hdf5Id> _channels = new(StringComparer.Ordinal);
    private readonly uint _plugins;
    private readonly byte[] _pixels;
    private readonly byte[] _packed;
    private bool _isClosed;

    private NxMxExport(string path, FrameHeader header, string entry, int first, int images)
    {
        (_header, _entry, _first, _images) = (header, entry, first, images);
        Codec = header.Codec == FrameCodec.ByteOffset ? FrameCodec.BitshuffleLz4 : header.Codec;
        _pixels = new byte[header.ImageBytes];
        _packed = new byte[FrameEncoder.MaxEncodedLength(Codec, header.ImageBytes)];
        _plugins = Hdf5Writer.WithoutPlugins();
        _file = new Hdf5Writer(path);
    }

    /// <summary>How the chunks of the file are compressed. Frames that are compressed otherwise are packed anew.</summary>
    public FrameCodec Codec { get; }

    /// <summary>Frames that were packed anew.</summary>
    public long Repacked { get; private set; }

    /// <summary>What the header does not say, so that programs which need it will not read the file; null if it says all.</summary>
    public string? Lack { get; private init; }

    /// <summary>Makes a file, in place of one that was there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="headerJson">The entry <c>header</c> of the dataset.</param>
    /// <param name="arrays">The arrays beside it, by the name that the header gives them.</param>
    /// <param name="first">The number of the first frame.</param>
    /// <param name="last">The number of the last frame.</param>
    public static Result<NxMxExport> Create(
        string path, ReadOnlySpan<byte> headerJson, IReadOnlyDictionary<string, NumericArray> arrays, int first, int last)
    {
        if (!FrameHeader.Parse(headerJson).TryGet(out FrameHeader? header, out HutchError? error))
        {
            return error;
        }

        JsonObject document = JsonNode.Parse(headerJson)!.AsObject();
        lock (Hdf5Library.Gate)
        {
            Hdf5Library.BeQuiet();
            var nexus = document["nexus"] as JsonObject;
            bool isMaster = nexus?["instrument"] is JsonObject;
            string entry = EntryOf(nexus);
            var export = new NxMxExport(path, header, entry, first, last - first + 1) { Lack = isMaster ? null : LackOf(header) };
            try
            {
                export.Begin(document, isMaster ? nexus : null);
                export.WriteArrays(document, arrays);
                return export;
            }
            catch (Hdf5Exception e)
            {
                export.Dispose();
                return Failed(e);
            }
        }
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="channel">Its channel; empty for the first.</param>
    /// <param name="codec">How it is compressed.</param>
    /// <param name="filterMask">HDF5's filter mask.</param>
    /// <param name="bytes">The stored bytes.</param>
    public Result<Done> Write(int number, string channel, FrameCodec codec, uint filterMask, ReadOnlySpan<byte> bytes)
    {
        if (codec != Codec)
        {
            FrameDecodeError problem = FrameDecoder.TryDecode(codec, _header.Type.Size(), filterMask, bytes, _pixels);
            if (problem != FrameDecodeError.None)
            {
                return ErrorCode.UnreadableFile.With($"Frame {number} cannot be unpacked: {problem.Describe()}.");
            }

            bytes = _packed.AsSpan(0, FrameEncoder.Encode(Codec, _header.Type.Size(), _pixels, _packed));
            filterMask = 0;
            Repacked++;
        }

        lock (Hdf5Library.Gate)
        {
            Hdf5Library.BeQuiet();
            try
            {
                Hdf5Writer.WriteChunk(Channel(channel), [(ulong)(number - _first), 0, 0], bytes, filterMask);
                return Done.Value;
            }
            catch (Hdf5Exception e)
            {
                return Failed(e);
            }
        }
    }

    /// <summary>Writes what libhdf5 still holds, and closes the file.</summary>
    public Result<Done> Finish()
    {
        try
        {
            Dispose();
            return Done.Value;
        }
        catch (Hdf5Exception e)
        {
            return Failed(e);
        }
    }

    /// <summary>Closes the file. The second time does nothing.</summary>
    public void Dispose()
    {
        if (_isClosed)
        {
            return;
        }

        _isClosed = true;
        lock (Hdf5Library.Gate)
        {
            Hdf5Library.BeQuiet();
            foreach (Hdf5Id dataset in _channels.Values)
            {
                dataset.Dispose();
            }

            _file.Dispose();
            Hdf5Library.Check(Hdf5Library.H5PLset_loading_state(_plugins));
        }
    }

    private static HutchError Failed(Hdf5Exception e) => (ErrorCode.Unprocessable with
    {
        Advice = "Check that there is space, and that the header of the dataset is one that Hutch wrote.",
    }).With($"The file cannot be written: {e.Message}");

    private static string? LackOf(FrameHeader header)
    {
        (string Name, double? Value)[] needed =
        [
            ("wavelength", header.WavelengthAngstrom), ("detector_distance", header.DistanceMetres), ("beam_center_x", header.BeamCenterX),
            ("beam_center_y", header.BeamCenterY), ("x_pixel_size", header.PixelSizeXMetres), ("y_pixel_size", header.PixelSizeYMetres),
            ("sensor_thickness", header.SensorThicknessMetres),
        ];
        string[] missing =
        [
            .. needed.Where(static value => value.Value is null).Select(static value => value.Name),
            .. header.SensorMaterial is null ? ["sensor_material"] : Array.Empty<string>(),
        ];
        return missing.Length == 0
            ? null
            : $"The header does not say {string.Join(", ", missing)}: programs that need it will not read the file.";
    }

    /// <summary>The name of the group that holds all of it, which the transformations of a master name.</summary>
    private static string EntryOf(JsonObject? nexus) =>
        NexusTree.Text(nexus?.At("sample/depends_on")) is { } path && path.StartsWith('/') && path.IndexOf('/', 1) is > 1 and var end
            ? path[..end]
            : "/entry";

    private void Begin(JsonObject document, JsonObject? nexus)
    {
        _file.GroupAttribute("", "default", _entry[1..]);
        _file.Group(_entry);
        if (nexus is not null)
        {
            new NxMxTree(_file, _first, _images, _header.Images).Write(_entry, nexus, "data");
            if (!nexus.ContainsKey("@NX_class"))
            {
                _file.GroupAttribute(_entry, "NX_class", "NXentry");
            }
        }
        else
        {
            WriteNeeded(document);
        }

        _file.Group(_entry + "/data", "NXdata");
        _file.GroupAttribute(_entry + "/data", "signal", "data");
        _ = Channel("");

        // All that is known, also what has no place in NXmx.
        _file.Group(_entry + "/hutch", "NXcollection");
        _file.Value(_entry + "/hutch/header", document.ToJsonString());
    }

    /// <summary>What programs need, from the values of the header.</summary>
    private void WriteNeeded(JsonObject document)
    {
        string instrument = _entry + Instrument, detector = instrument + "/detector";
        _file.GroupAttribute(_entry, "NX_class", "NXentry");
        _file.Value(_entry + "/definition", "NXmx");
        Text(_entry + "/start_time", document.At("start/arm_date"));
        _file.Group(instrument, "NXinstrument");
        Text(instrument + "/name", document.At("start/instrument_name"));
        _file.Group(instrument + "/beam", "NXbeam");
        Real(instrument + "/beam/incident_wavelength", _header.WavelengthAngstrom, "angstrom");
        _file.Group(detector, "NXdetector");
        Text(detector + "/description", document["description"]);
        Text(detector + "/detector_number", document["detector_number"]);
        Text(detector + "/sensor_material", document["sensor_material"]);
        Real(detector + "/sensor_thickness", _header.SensorThicknessMetres, "m");
        Real(detector + "/x_pixel_size", _header.PixelSizeXMetres, "m");
        Real(detector + "/y_pixel_size", _header.PixelSizeYMetres, "m");
        Real(detector + "/distance", _header.DistanceMetres, "m");
        Real(detector + "/beam_center_x", _header.BeamCenterX, "pixel");
        Real(detector + "/beam_center_y", _header.BeamCenterY, "pixel");
        Real(detector + "/count_time", _header.CountTimeSeconds, "s");
        Real(detector + "/frame_time", _header.FrameTimeSeconds, "s");
        _file.Value(detector + "/bit_depth_readout", _header.Type.Size() * 8L);
        _file.Value(detector + "/saturation_value", (long)_header.LargestTrusted);
        _file.Value(detector + "/type", "HPC");
        if (_header is { PixelSizeXMetres: { } x, PixelSizeYMetres: { } y, DistanceMetres: { } far }
            && _header is { BeamCenterX: { } beamX, BeamCenterY: { } beamY })
        {
            _file.Value(detector + "/depends_on", NxMxGeometry.TranslationOf(detector));
            NxMxGeometry.WriteModule(_file, detector, new FlatDetector(_header.Rows, _header.Columns, x, y, beamX, beamY, far));
        }

        _file.Group(_entry + "/sample", "NXsample");
        Text(_entry + "/sample/name", document.At("start/user_data/sample"));
        string axis = NexusTree.Text(document.At("hutch/scan/axis")) ?? "omega";
        double from = _header.ScanStartDegrees ?? 0, turn = _header.ScanIncrementDegrees ?? 0;
        double[] starts = [.. Enumerable.Range(_first - 1, _images).Select(image => from + (image * turn))];
        NxMxGeometry.WriteRotation(_file, _entry + "/sample", IsName(axis) ? axis : "omega", starts, turn);
        _file.Group(_entry + "/source", "NXsource");
        Text(_entry + "/source/name", document.At("start/source_name"));
    }

    private void WriteArrays(JsonObject document, IReadOnlyDictionary<string, NumericArray> arrays)
    {
        foreach ((string name, NumericArray array) in arrays)
        {
            string? original = NexusTree.Text(document["hutch"]?["arrays"]?[name]?["nexusPath"]);
            string path = original is not null && original.StartsWith(_entry + "/", StringComparison.Ordinal) ? original : PathOf(name);
            _file.Array(path, array, ArrayCodec);
        }
    }

    // An array of a channel has the name of the channel before its own.
    private string PathOf(string name)
    {
        string detector = _entry + Instrument + "/detector/";
        int slash = name.LastIndexOf('/');
        return slash < 0 ? detector + name : $"{detector}{name[..slash].Replace('/', '_')}_channel/{name[(slash + 1)..]}";
    }

    private Hdf5Id Channel(string name)
    {
        if (!_channels.TryGetValue(name, out Hdf5Id? dataset))
        {
            dataset = _file.CreateFrames(
                $"{_entry}/data/{(name.Length == 0 ? "data" : name.Replace('/', '_'))}",
                [(ulong)_images, (ulong)_header.Rows, (ulong)_header.Columns], _header.Type, Codec, _header.NoDataValue ?? -1);
            Hdf5Writer.WriteAttribute(dataset, "image_nr_low", _first);
            Hdf5Writer.WriteAttribute(dataset, "image_nr_high", _first + _images - 1);
            _channels.Add(name, dataset);
        }

        return dataset;
    }

    private static bool IsName(string text) => text.Length > 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private void Text(string path, JsonNode? value)
    {
        if (NexusTree.Text(value) is { Length: > 0 } text)
        {
            _file.Value(path, text);
        }
    }

    private void Real(string path, double? value, string units)
    {
        if (value is { } number)
        {
            _file.Value(path, number, ("units", units));
        }
    }
}
