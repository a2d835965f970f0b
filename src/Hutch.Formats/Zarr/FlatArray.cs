using Hutch.Formats.Arrays;

namespace Hutch.Formats.Zarr;

/// <summary>Numbers of a file one after the other, without anything between them.</summary>
internal sealed class FlatArray : IZarrArray
{
    private readonly IFileBytes _file;
    private readonly long _offset;
    private readonly int _itemBytes;
    private readonly long[] _shape;
    private readonly long[] _chunk;
    private readonly bool _isColumnMajor;
    private readonly Action<Utf8JsonWriter>? _attributes;

    /// <param name="shape">The lengths, in the order of the file: slowest first.</param>
    /// <param name="chunk">The lengths of a chunk, in that order: see <see cref="ChunkShape"/>.</param>
    /// <param name="isColumnMajor">Whether the axes have the opposite order for people.</param>
    public FlatArray(
        IFileBytes file, long offset, string type, int itemBytes, long[] shape, long[] chunk, bool isColumnMajor = false,
        Action<Utf8JsonWriter>? attributes = null)
    {
        (_file, _offset, _itemBytes, _shape, _chunk, _isColumnMajor, _attributes) =
            (file, offset, itemBytes, shape, chunk, isColumnMajor, attributes);
        Layout = new ZarrLayout { Shape = ForPeople(shape), Chunks = ForPeople(chunk), DataType = type, IsColumnMajor = isColumnMajor };
        CheckLength();
    }

    public ZarrLayout Layout { get; }

    public bool IsBottomUp { get; init; }

    public void WriteAttributes(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        _attributes?.Invoke(json);
        if (IsBottomUp)
        {
            json.WriteBoolean("bottom_up", true);
        }

        json.WriteEndObject();
    }

    public byte[]? Read(IReadOnlyList<long> index, int maxBytes)
    {
        long[] at = ForPeople([.. index]);
        (long first, long count, long whole) = (0, 1, 1);
        for (int axis = 0; axis < _shape.Length; axis++)
        {
            long start = at[axis] * _chunk[axis];
            first = (first * _shape[axis]) + start;
            count *= Math.Min(_chunk[axis], _shape[axis] - start);
            whole = checked(whole * _chunk[axis]);
        }

        long bytes = checked(whole * _itemBytes);
        ChunkShape.RequireAtMost(maxBytes, bytes);

        byte[] chunk = new byte[bytes];
        _file.Read(_offset + (first * _itemBytes), chunk.AsSpan(0, (int)(count * _itemBytes)));
        return chunk;
    }

    public byte[] Read(ArraySelection part, int maxBytes)
    {
        byte[] values = new byte[checked(part.Values * _itemBytes)];
        if (values.Length == 0)
        {
            return values;
        }

        (long[] start, long[] step, long[] count) = (InFile(part.Start), InFile(part.Step), InFile(part.Count));
        if (start.Length == 0)
        {
            _file.Read(_offset, values);
            return values;
        }

        int last = start.Length - 1;
        byte[] line = new byte[checked(((((count[last] - 1) * step[last]) + 1) * _itemBytes))];
        int lineValues = (int)count[last];
        for (int at = 0; at < values.Length; at += lineValues * _itemBytes)
        {
            _file.Read(_offset + (LineAt(at / _itemBytes / lineValues, start, step, count) * _itemBytes), line);
            StridedCopy.Take(line, values.AsSpan(at, lineValues * _itemBytes), _itemBytes, (int)step[last]);
        }

        return values;
    }

    /// <summary>Returns the start of a line along the last axis, in values.</summary>
    private long LineAt(long line, long[] start, long[] step, long[] count)
    {
        long position = start[^1];
        long axisValues = _shape[^1];
        for (int axis = start.Length - 2; axis >= 0; axis--)
        {
            (line, long along) = Math.DivRem(line, count[axis]);
            position += (start[axis] + (along * step[axis])) * axisValues;
            axisValues *= _shape[axis];
        }

        return position;
    }

    private long[] InFile(ulong[] lengths) => ForPeople([.. lengths.Select(static length => (long)length)]);

    private long[] ForPeople(long[] lengths) => _isColumnMajor ? [.. lengths.Reverse()] : lengths;

    private void CheckLength()
    {
        long bytes = _itemBytes;
        foreach (long length in _shape)
        {
            bytes = checked(bytes * length);
        }

        if (bytes > _file.Length - _offset)
        {
            throw ErrorCode.UnreadableFile.With(
                $"{_file.Name} has {Math.Max(0, _file.Length - _offset)} bytes of numbers; its header says {bytes}.").ToException();
        }
    }
}
