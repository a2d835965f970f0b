using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>
/// Tells plain numbers from others. HDF5 lets a file choose the bits of a number: 12 of 16 from the fourth on, or the exponent of bfloat16.
/// Those are converted by the library or refused: read by their size, they are silently wrong.
/// </summary>
internal static unsafe class Hdf5Number
{
    // H5T_order_t and H5T_norm_t of H5Tpublic.h.
    private const int BigEndian = 1;
    private const int ImpliedBit = 0;

    /// <summary>Returns true for integers that use all their bits, in two's complement, and for the floats of IEEE 754.</summary>
    public static bool IsPlain(Hdf5Id type)
    {
        Hdf5TypeClass kind = Hdf5Library.H5Tget_class(type);
        nuint size = Hdf5Library.H5Tget_size(type);
        bool hasAllBits = Hdf5Library.H5Tget_order(type) is >= 0 and <= BigEndian
            && Hdf5Library.H5Tget_precision(type) == size * 8 && Hdf5Library.H5Tget_offset(type) == 0;
        return kind == Hdf5TypeClass.Float ? (hasAllBits && IsIeee(type, size)) || IsExtended(type) : hasAllBits;
    }

    /// <summary>Returns the type in memory that holds all values of a type in a file.</summary>
    public static Hdf5Id InMemory(Hdf5Id type) => Hdf5Library.H5Tget_class(type) switch
    {
        Hdf5TypeClass.Float => FloatInMemory(type),
        Hdf5TypeClass.Integer when !IsPlain(type) && Hdf5Library.H5Tget_order(type) == BigEndian => Wider(type),
        _ => Hdf5Library.Check(Hdf5Library.H5Tget_native_type(type, 0)),
    };

    /// <summary>Returns a larger type: to one of the same size, libhdf5 1.10 only swaps bytes, and 12 bits lose their sign.</summary>
    private static Hdf5Id Wider(Hdf5Id type)
    {
        nuint size = Hdf5Library.H5Tget_size(type);
        if (size >= sizeof(long))
        {
            throw ErrorCode.Unprocessable.With(
                $"Integers of {Hdf5Library.H5Tget_precision(type)} bits in {size} bytes, big-endian, cannot be converted. "
                + "Store them as integers that use all their bits.").ToException();
        }

        string sign = Hdf5Library.H5Tget_sign(type) != 0 ? "" : "U";
        string name = $"H5T_NATIVE_{sign}INT{(size < sizeof(int) ? 32 : 64)}_g";
        return Hdf5Library.Check(Hdf5Library.H5Tcopy(Hdf5Library.Constant(name)));
    }

    /// <summary>Half floats have no type in memory before 1.14.4.</summary>
    private static Hdf5Id FloatInMemory(Hdf5Id type)
    {
        nuint size = Hdf5Library.H5Tget_size(type);
        Layout bits = LayoutOf(type);
        bool isNarrow = bits is { ExponentBits: <= 8, MantissaBits: <= 23, Bias: <= 127 };
        string name = isNarrow ? "H5T_NATIVE_FLOAT_g"
            : size > sizeof(double) || bits.ExponentBits > 11 || bits.MantissaBits > 52 ? "H5T_NATIVE_LDOUBLE_g"
            : "H5T_NATIVE_DOUBLE_g";
        return Hdf5Library.Check(Hdf5Library.H5Tcopy(Hdf5Library.Constant(name)));
    }

    private static bool IsIeee(Hdf5Id type, nuint size)
    {
        (nuint exponent, nuint mantissa, nuint bias)? right = size switch
        {
            2 => (5, 10, 15),
            4 => (8, 23, 127),
            8 => (11, 52, 1023),
            _ => null,
        };
        Layout bits = LayoutOf(type);
        return right is var (exponentBits, mantissaBits, ebias) && Hdf5Library.H5Tget_norm(type) == ImpliedBit
            && bits == new Layout((size * 8) - 1, mantissaBits, exponentBits, 0, mantissaBits, ebias);
    }

    /// <summary>True for the long double of this machine, which numpy has as a float of 16 bytes.</summary>
    private static bool IsExtended(Hdf5Id type) => Hdf5Library.H5Tequal(type, Hdf5Library.Constant("H5T_NATIVE_LDOUBLE_g")) > 0;

    private static Layout LayoutOf(Hdf5Id type)
    {
        nuint sign, exponent, exponentBits, mantissa, mantissaBits;
        Hdf5Library.Check(Hdf5Library.H5Tget_fields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits));
        return new Layout(sign, exponent, exponentBits, mantissa, mantissaBits, Hdf5Library.H5Tget_ebias(type));
    }

    private readonly record struct Layout(
        nuint Sign, nuint Exponent, nuint ExponentBits, nuint Mantissa, nuint MantissaBits, nuint Bias);
}
