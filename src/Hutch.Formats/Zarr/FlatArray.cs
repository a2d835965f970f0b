using System.Text.Json;
using Hutch.Model;

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

    /// <summary>Describes the numbers.</summary>
    /// <param name="file">Where they are.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="type">numpy's name of their type.</param>
    /// <param name="itemBytes">Bytes of each.</param>
    /// <param name="shape">The lengths, in the order of the file: slowest first.</param>
    /// <param name="chunk">The lengths of a chunk, in that order: see <see cref="ChunkShape"/>.</param>
    /// <param name="isColumnMajor">Whether the axes have the opposite order for people.</param>
    /// <param name="attributes">Writes the members of the attributes.</param>
    public FlatArray(
        IFileBytes file, long offset, string type, int itemBytes, long[] shape, long[] chunk, bool isColumnMajor = false,
        Action<Utf8JsonWriter>? attributes = null)
    {
        (_file, _offset, _itemBytes, _shape, _chunk, _isColumnMajor, _attributes) =
            (file, offset, itemBytes, shape, chunk, isColumnMajor, attributes);
        Layout = new ZarrLayout { Shape = ForPeople(shape), Chunks = ForPeople(chunk), DataType = type, IsColumnMajor = isColumnMajor };
        CheckLength();
    }

    /// <inheritdoc/>
    public ZarrLayout Layout { get; }

    /// <inheritdoc/>
    public void WriteAttributes(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        _attributes?.Invoke(json);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public byte[]? Read(IReadOnlyList<long> index, int maxBytes)
    {
        ArgumentNullException.ThrowIfNull(index);
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
        if (bytes > maxBytes)
        {
            throw ErrorCode.TooLarge.With($"A chunk has {bytes} bytes; the limit is {maxBytes}.").ToException();
        }

        byte[] chunk = new byte[bytes];
        _file.Read(_offset + (first * _itemBytes), chunk.AsSpan(0, (int)(count * _itemBytes)));
        return chunk;
    }

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
