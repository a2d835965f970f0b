using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;
using Hutch.Formats.Zarr;

namespace Hutch.Formats.Hdf5Content;

internal static unsafe class AttributeDocument
{
    public static void Write(Utf8JsonWriter json, ContentObject item, ContentRequest request)
    {
        HashSet<string>? wanted = request.Attributes is { } names ? [.. names] : null;
        json.WriteStartObject();
        foreach ((string name, Hdf5Id attribute) in AttributeList.Read(item.Must()))
        {
            if (wanted?.Remove(name) ?? true)
            {
                json.WritePropertyName(name);
                WriteValue(json, attribute, request.MaxBytes);
            }
        }

        json.WriteEndObject();
        if (wanted?.FirstOrDefault() is { } missing)
        {
            throw ErrorCode.NotFound.With($"{Display.Quote(item.Path)} has no attribute {Display.Quote(missing)}.").ToException();
        }
    }

    /// <summary>Writes those that can be shown, and says which cannot.</summary>
    public static void WriteReadable(Utf8JsonWriter json, ContentObject item, ContentRequest request)
    {
        var leftOut = new Dictionary<string, string>();
        json.WriteStartObject();
        foreach ((string name, Hdf5Id attribute) in AttributeList.Read(item.Must()))
        {
            try
            {
                ReadOnlyMemory<byte> value = JsonBytes.Write(each => WriteValue(each, attribute, request.MaxBytes));
                json.WritePropertyName(name);
                json.WriteRawValue(value.Span, skipInputValidation: true);
            }
            catch (Exception e) when (ContentReader.ErrorOf(e, request) is { } error)
            {
                leftOut[name] = error.Message;
            }
        }

        ZarrAnswer.WriteLeftOut(json, leftOut);
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, Hdf5Id attribute, int maxBytes)
    {
        using Hdf5Id space = Hdf5Library.Check(Hdf5Library.H5Aget_space(attribute));
        if (ArrayShape.Read(space) is not { } shape)
        {
            json.WriteNullValue();
            return;
        }

        using Hdf5Id fileType = Hdf5Library.Check(Hdf5Library.H5Aget_type(attribute));
        using Hdf5Id native = Hdf5Number.InMemory(fileType);
        var type = TypeTree.Read(native);
        long bytes = checked(shape.Aggregate(1L, static (product, length) => checked(product * length)) * type.Size);
        if (bytes > maxBytes)
        {
            throw ErrorCode.TooLarge.With($"An attribute has {bytes} bytes; the limit is {maxBytes}.").ToException();
        }

        byte[] values = new byte[bytes];
        fixed (byte* buffer = values)
        {
            try
            {
                Hdf5Library.Check(Hdf5Library.H5Aread(attribute, native, buffer));
                new ValueDocument(json, maxBytes).Write(type, buffer, shape, isFlat: false);
            }
            finally
            {
                // The buffer began as zeros, so values that were not read need no freeing.
                _ = Hdf5Library.H5Dvlen_reclaim(native, space, Hdf5Id.Default, buffer);
            }
        }
    }
}
