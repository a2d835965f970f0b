using System.Numerics;
using System.Runtime.InteropServices;

namespace Hutch.Programs.Comparing;

/// <summary>Compares numbers in the byte order of this machine within a tolerance.</summary>
internal static class NumberBlock
{
    /// <summary>Returns the first difference that is not allowed; null if there is none.</summary>
    /// <param name="form">The form of the numbers: <c>f8</c>, <c>i2</c>, <c>u1</c>.</param>
    public static NumberFault? FindFault(
        string form, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, NumberTolerance tolerance, ref double largest) => form switch
        {
            "f4" => OfFloats<float>(before, after, tolerance, ref largest),
            "f8" => OfFloats<double>(before, after, tolerance, ref largest),
            "i1" => OfIntegers<sbyte>(before, after, tolerance, ref largest),
            "i2" => OfIntegers<short>(before, after, tolerance, ref largest),
            "i4" => OfIntegers<int>(before, after, tolerance, ref largest),
            "i8" => OfIntegers<long>(before, after, tolerance, ref largest),
            "u1" => OfIntegers<byte>(before, after, tolerance, ref largest),
            "u2" => OfIntegers<ushort>(before, after, tolerance, ref largest),
            "u4" => OfIntegers<uint>(before, after, tolerance, ref largest),
            "u8" => OfIntegers<ulong>(before, after, tolerance, ref largest),
            _ => new NumberFault(0, $"numbers of the form {form} are not compared"),
        };

    private static NumberFault? OfFloats<T>(
        ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, NumberTolerance tolerance, ref double largest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<T> first = Cast<T>(before), second = Cast<T>(after);
        for (int i = 0; i < first.Length; i++)
        {
            if (!tolerance.Allows(double.CreateChecked(first[i]), double.CreateChecked(second[i]), ref largest))
            {
                return Fault(i, first[i], second[i]);
            }
        }

        return null;
    }

    private static NumberFault? OfIntegers<T>(
        ReadOnlySpan<byte> before, ReadOnlySpan<byte> after, NumberTolerance tolerance, ref double largest)
        where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> first = Cast<T>(before), second = Cast<T>(after);
        for (int i = 0; i < first.Length; i++)
        {
            // A double does not hold each integer of 64 bits.
            double difference = first[i] == second[i] ? 0
                : double.CreateChecked(Int128.Abs(Int128.CreateChecked(first[i]) - Int128.CreateChecked(second[i])));
            bool isAllowed = difference == 0
                || tolerance.Allows(double.CreateChecked(first[i]), double.CreateChecked(second[i]), difference, ref largest);
            if (!isAllowed)
            {
                return Fault(i, first[i], second[i]);
            }
        }

        return null;
    }

    private static ReadOnlySpan<T> Cast<T>(ReadOnlySpan<byte> bytes)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes);

    private static NumberFault Fault<T>(int index, T one, T other)
        where T : IFormattable => new(index, string.Create(CultureInfo.InvariantCulture, $"{one} became {other}"));
}

/// <param name="Index">The place of the first number.</param>
internal sealed record NumberFault(int Index, string Words);
