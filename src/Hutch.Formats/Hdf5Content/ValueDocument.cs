using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Writes values, as libhdf5 put them into memory, as JSON.</summary>
internal sealed unsafe class ValueDocument(Utf8JsonWriter json, int maxBytes)
{
    private const int ObjectReferenceBytes = 8;

    // IEEE 754, 80 bits of the x87 in 16 bytes.
    private const int ExtendedBias = 16383;
    private const int ExtendedFractionBits = 63;

    /// <param name="at">The values, row by row.</param>
    /// <param name="isFlat">Whether without nesting.</param>
    public void Write(TypeTree type, byte* at, ReadOnlySpan<long> shape, bool isFlat)
    {
        if (isFlat && shape.Length > 1)
        {
            long count = 1;
            foreach (long length in shape)
            {
                count = checked(count * length);
            }

            shape = new[] { count };
        }

        WriteNested(type, ref at, shape);
    }

    private void WriteNested(TypeTree type, ref byte* at, ReadOnlySpan<long> shape)
    {
        if (shape.Length == 0)
        {
            WriteValue(type, at);
            at += type.Size;
            return;
        }

        json.WriteStartArray();
        for (long i = 0; i < shape[0]; i++)
        {
            WriteNested(type, ref at, shape[1..]);
        }

        json.WriteEndArray();
        CheckLength();
    }

    private void WriteValue(TypeTree type, byte* at)
    {
        switch (type.Class)
        {
            case Hdf5TypeClass.Integer or Hdf5TypeClass.Bitfield or Hdf5TypeClass.Enum:
                WriteInteger(type, at);
                break;
            case Hdf5TypeClass.Float:
                WriteFloat(type, at);
                break;
            case Hdf5TypeClass.String:
                json.WriteStringValue(Text(type, at));
                CheckLength();
                break;
            case Hdf5TypeClass.Opaque:
                json.WriteBase64StringValue(new ReadOnlySpan<byte>(at, type.Size));
                break;
            case Hdf5TypeClass.Compound:
                json.WriteStartArray();
                foreach (TypeTree.Member member in type.Members)
                {
                    WriteValue(member.Type, at + member.Offset);
                }

                json.WriteEndArray();
                break;
            case Hdf5TypeClass.Array:
                Write(type.Base!, at, type.Lengths.ToArray(), isFlat: false);
                break;
            case Hdf5TypeClass.VariableLength:
                Write(type.Base!, *(byte**)(at + sizeof(nuint)), [(long)*(nuint*)at], isFlat: false);
                break;
            case Hdf5TypeClass.Reference:
                json.WriteStringValue(type.Size == ObjectReferenceBytes ? "<HDF5 object reference>" : "<HDF5 region reference>");
                break;
            default:
                throw ErrorCode.Unprocessable.With("Values of the class 'time' cannot be shown.").ToException();
        }
    }

    private void WriteInteger(TypeTree type, byte* at)
    {
        TypeTree number = type.Base ?? type;
        long value = TypeTree.NumberAt(at, number.Size, number.IsSigned);
        if (type.IsBoolean)
        {
            json.WriteBooleanValue(value != 0);
        }
        else if (number is { IsSigned: false, Size: sizeof(ulong) })
        {
            json.WriteNumberValue((ulong)value);
        }
        else
        {
            json.WriteNumberValue(value);
        }
    }

    private void WriteFloat(TypeTree type, byte* at)
    {
        if (type.Size <= sizeof(float))
        {
            float value = type.Size == sizeof(float) ? *(float*)at : (float)*(Half*)at;
            WriteFinite(value, static (writer, number) => writer.WriteNumberValue((float)number));
        }
        else
        {
            double value = type.Size == sizeof(double) ? *(double*)at : Extended(*(ulong*)at, *(ushort*)(at + sizeof(ulong)));
            WriteFinite(value, static (writer, number) => writer.WriteNumberValue(number));
        }
    }

    /// <summary>Writes a number: JSON has neither infinities nor NaN.</summary>
    private void WriteFinite(double value, Action<Utf8JsonWriter, double> write)
    {
        if (double.IsFinite(value))
        {
            write(json, value);
        }
        else
        {
            json.WriteNullValue();
        }
    }

    private static double Extended(ulong fraction, ushort exponent)
    {
        int power = exponent & short.MaxValue;
        double size = power == short.MaxValue
            ? double.NaN
            : Math.ScaleB((double)fraction, power - ExtendedBias - ExtendedFractionBits);
        return exponent > short.MaxValue ? -size : size;
    }

    private static string Text(TypeTree type, byte* at)
    {
        const int SpacePadded = 2;
        if (type.IsVariableText)
        {
            return ForeignText.Decode(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*(byte**)at));
        }

        var bytes = new ReadOnlySpan<byte>(at, type.Size);
        int end = bytes.IndexOf((byte)0);
        string text = ForeignText.Decode(end < 0 ? bytes : bytes[..end]);
        return type.Padding == SpacePadded ? text.TrimEnd(' ') : text;
    }

    private void CheckLength()
    {
        if (json.BytesCommitted + json.BytesPending > maxBytes)
        {
            throw ErrorCode.TooLarge.With(
                $"The answer has more than {maxBytes} bytes. Ask for a part of the values, or for numbers in the form 'bin'.")
                .ToException();
        }
    }
}
