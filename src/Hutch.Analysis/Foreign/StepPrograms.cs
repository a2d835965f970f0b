using System.Text.Json;
using Hutch.Analysis.Memory;
using Hutch.Analysis.Spots;
using Hutch.Analysis.Steps;
using Hutch.Disk.Memory;
using Hutch.Formats.NxMx;

namespace Hutch.Analysis.Foreign;

/// <summary>The programs of a foreign step for one run, with their memory: the mask, then an image for each frame at one time.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class StepPrograms : IDisposable
{
    public const int FramesPerProgram = 2;

    private const int PageBytes = 4096;

    private readonly Lock _gate = new();
    private readonly List<(SharedMemory Memory, StepProcess Process)> _programs = [];
    private readonly StepCommand _command;
    private readonly FrameHeader _header;
    private readonly DetectorMask _mask;
    private readonly ParameterValues _values;
    private readonly IReadOnlyList<ResultColumn> _columns;
    private readonly Func<ReadOnlyMemory<byte>, HutchError?> _check;
    private readonly TimeProvider _time;
    private int _created;

    public StepPrograms(
        StepCommand command, FrameHeader header, DetectorMask mask, ParameterValues values, IReadOnlyList<ResultColumn> columns,
        Func<ReadOnlyMemory<byte>, HutchError?> check, TimeProvider time)
    {
        (_command, _header, _mask, _values) = (command, header, mask, values);
        (_columns, _check, _time) = (columns, check, time);
    }

    /// <summary>Creates an analyser: for the slots of the newest program, then with another program.</summary>
    public Result<IImageAnalyser> Create()
    {
        lock (_gate)
        {
            int slot = _created % FramesPerProgram;
            if (slot == 0)
            {
                SharedMemory memory = SharedMemory.Create("hutch step", OffsetOf(FramesPerProgram));
                _mask.Bytes.CopyTo(memory.Slice(0, _mask.Bytes.Length));
                _programs.Add((memory, new StepProcess(_command, memory, WriteStart(memory), _check, _time)));
            }

            _created++;
            (SharedMemory of, StepProcess process) = _programs[^1];
            return new ForeignAnalyser(process, of, OffsetOf(slot), slot, _header, _columns);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            foreach ((SharedMemory memory, StepProcess process) in _programs)
            {
                process.Dispose();
                memory.Dispose();
            }

            _programs.Clear();
        }
    }

    private static long Pages(long bytes) => (bytes + PageBytes - 1) / PageBytes * PageBytes;

    private long OffsetOf(int slot) => Pages(_mask.Bytes.Length) + (slot * Pages(_header.ImageBytes));

    private byte[] WriteStart(SharedMemory memory)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteNumber("protocol"u8, 1);
            json.WriteNumber("descriptor"u8, memory.Descriptor);
            json.WriteNumber("bytes"u8, memory.Bytes);
            json.WriteNumber("mask"u8, 0);
            json.WriteStartArray("slots"u8);
            for (int slot = 0; slot < FramesPerProgram; slot++)
            {
                json.WriteNumberValue(OffsetOf(slot));
            }

            json.WriteEndArray();
            json.WriteStartObject("parameters"u8);
            _values.WriteTo(json);
            json.WriteEndObject();
            WriteHeader(json);
            json.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenSpan.ToArray();
    }

    /// <summary>Writes what the header says, under the names of docs/formats/frames.md. Unknown values are left out.</summary>
    private void WriteHeader(Utf8JsonWriter json)
    {
        json.WriteStartObject("header"u8);
        ReadOnlySpan<(string Name, double? Value)> values =
        [
            ("nimages", _header.Images),
            ("beam_center_x", _header.BeamCenterX),
            ("beam_center_y", _header.BeamCenterY),
            ("detector_distance", _header.DistanceMetres),
            ("wavelength", _header.WavelengthAngstrom),
            ("x_pixel_size", _header.PixelSizeXMetres),
            ("y_pixel_size", _header.PixelSizeYMetres),
            ("saturation_value", _header.SaturationValue),
            ("underload_value", _header.UnderloadValue),
            ("count_time", _header.CountTimeSeconds),
            ("frame_time", _header.FrameTimeSeconds),
            ("scan_start", _header.ScanStartDegrees),
            ("scan_increment", _header.ScanIncrementDegrees),
        ];
        foreach ((string name, double? value) in values)
        {
            if (value is { } known && double.IsFinite(known))
            {
                json.WriteNumber(name, known);
            }
        }

        json.WriteEndObject();
    }

    /// <summary>Passes images to a program.</summary>
    private sealed class ForeignAnalyser(
        StepProcess process, SharedMemory memory, long offset, int slot, FrameHeader header, IReadOnlyList<ResultColumn> columns)
        : IImageAnalyser, IPixelMemory
    {
        private readonly ArrayBufferWriter<byte> _line = new(256);

        public Span<byte> Pixels => memory.Slice(offset, header.ImageBytes);

        public HutchError? Analyse(ref FrameRows rows, RowWriter row)
        {
            while (rows.End < header.Rows)
            {
                if (rows.Advance(0) is { } damage)
                {
                    return damage;
                }
            }

            return process.Ask(rows.Number, WriteLine(rows.Number)).TryGet(out JsonElement values, out HutchError? refusal)
                ? StepRow.Write(values, columns, row)
                : refusal;
        }

        private ReadOnlySpan<byte> WriteLine(int frame)
        {
            _line.ResetWrittenCount();
            using (var json = new Utf8JsonWriter(_line))
            {
                json.WriteStartObject();
                json.WriteNumber("frame"u8, frame);
                json.WriteNumber("slot"u8, slot);
                json.WriteStartArray("shape"u8);
                json.WriteNumberValue(header.Rows);
                json.WriteNumberValue(header.Columns);
                json.WriteEndArray();
                json.WriteString("dtype"u8, header.Type.NumpyDescription());
                json.WriteEndObject();
            }

            _line.Write("\n"u8);
            return _line.WrittenSpan;
        }
    }
}
