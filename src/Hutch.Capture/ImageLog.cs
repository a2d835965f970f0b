using System.Runtime.InteropServices;

namespace Hutch.Capture;

/// <summary>
/// The fields of the image messages of a series without the pixels: times in one array, all other fields as JSON lines. See
/// docs/formats/stream.md. Thread-safe.
/// </summary>
internal sealed class ImageLog
{
    public const string TimesPath = FrameHeader.ArrayFolder + "/image_times.npy";
    public const string FieldsPath = FrameHeader.ArrayFolder + "/images.jsonl";
    public const string FieldsType = "application/jsonl";
    public const int MaxFieldBytes = 64 << 20;

    /// <summary>Number, start, stop, real time.</summary>
    private const int Columns = 4;

    private readonly Lock _gate = new();
    private readonly List<ImageTimes> _times = [];
    private readonly ArrayBufferWriter<byte> _fields = new();
    private JsonObject _last = [];
    private long _leftOut;
    private bool _isOutOfOrder;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _times.Count;
            }
        }
    }

    /// <summary>Images whose other fields were left out, because there were too many.</summary>
    public long LeftOut => Volatile.Read(ref _leftOut);

    public void Add(int number, ImageMessage image)
    {
        lock (_gate)
        {
            if (ImageTimes.From(number, image) is { IsKnown: true } times)
            {
                Add(times);
            }

            AddFields(number, image.Others ?? []);
        }
    }

    public void Add(ImageTimes times)
    {
        lock (_gate)
        {
            _isOutOfOrder |= _times.Count > 0 && _times[^1].Number > times.Number;
            _times.Add(times);
        }
    }

    public HashSet<int> Numbers()
    {
        lock (_gate)
        {
            return [.. _times.Select(static row => (int)row.Number)];
        }
    }

    /// <summary>Continues the log that an earlier process stored. Unreadable parts are ignored.</summary>
    public void Load(byte[]? times, byte[]? fields)
    {
        lock (_gate)
        {
            if (times is not null && NumpyFile.Read(times).TryGet(out NumericArray? array, out _)
                && array is { Type: ElementType.Float64, Shape: [_, Columns] })
            {
                foreach (ImageTimes row in MemoryMarshal.Cast<double, ImageTimes>(array.As<double>()))
                {
                    _times.Add(row);
                }
            }

            _fields.Write(fields ?? []);
        }
    }

    /// <summary>The times as a numpy file, by number; null if there are none.</summary>
    public byte[]? TimesFile()
    {
        lock (_gate)
        {
            if (_isOutOfOrder)
            {
                _times.Sort(static (a, b) => a.Number.CompareTo(b.Number));
                _isOutOfOrder = false;
            }

            return _times.Count == 0 ? null : NumpyFile.Write(new NumericArray(
                ElementType.Float64, [_times.Count, Columns], MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_times)).ToArray()));
        }
    }

    /// <summary>The other fields as JSON lines; null if there are none.</summary>
    public byte[]? FieldsFile()
    {
        lock (_gate)
        {
            return _fields.WrittenCount == 0 ? null : _fields.WrittenSpan.ToArray();
        }
    }

    /// <summary>Adds a line with the fields that are not those of the image before: most say the same each time.</summary>
    private void AddFields(int number, JsonObject fields)
    {
        JsonObject? line = null;
        foreach ((string name, JsonNode? value) in fields)
        {
            if (!_last.TryGetPropertyValue(name, out JsonNode? before) || !JsonNode.DeepEquals(before, value))
            {
                (line ??= [])[name] = value?.DeepClone();
            }
        }

        foreach ((string name, _) in _last)
        {
            if (!fields.ContainsKey(name))
            {
                (line ??= [])[name] = null;
            }
        }

        _last = fields;
        if (line is null)
        {
            return;
        }

        line.Insert(0, "image", number);
        byte[] bytes = Encoding.UTF8.GetBytes(line.ToJsonString());
        if (_fields.WrittenCount + bytes.Length >= MaxFieldBytes)
        {
            _leftOut++;
            return;
        }

        _fields.Write(bytes);
        _fields.Write("\n"u8);
    }
}
