using Hutch.Formats.Arrays;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Statistics of numbers: smallest, largest, mean, deviation. Infinities and NaN are left out.</summary>
internal static class ArrayStatistics
{
    public static void Write(Utf8JsonWriter json, StoredArray array, ContentRequest request)
    {
        if (!array.Type.IsNumber)
        {
            throw ErrorCode.Unprocessable.With("These values are no numbers.").ToException();
        }

        ArraySelection part = ArraySelection.Parse(request.Selection, array.Shape ?? [0]);
        if (part.Values > request.MaxBytes / sizeof(double))
        {
            throw ErrorCode.TooLarge.With(
                $"These are {part.Values} values; statistics are made of at most {request.MaxBytes / sizeof(double)}.").ToException();
        }

        double[] numbers = new double[part.Values];
        array.Read(part, Hdf5Library.Constant("H5T_NATIVE_DOUBLE_g"), MemoryMarshal.AsBytes(numbers.AsSpan()));
        numbers = [.. numbers.Where(double.IsFinite)];
        double mean = numbers.Length == 0 ? 0 : numbers.Average();
        json.WriteStartObject();
        WriteNumber(json, "strict_positive_min", numbers.Where(static n => n > 0).Select(static n => (double?)n).Min());
        WriteNumber(json, "positive_min", numbers.Where(static n => n >= 0).Select(static n => (double?)n).Min());
        WriteNumber(json, "min", numbers.Select(static n => (double?)n).Min());
        WriteNumber(json, "max", numbers.Select(static n => (double?)n).Max());
        WriteNumber(json, "mean", numbers.Length == 0 ? null : mean);
        WriteNumber(json, "std", numbers.Length == 0 ? null : Math.Sqrt(numbers.Sum(n => (n - mean) * (n - mean)) / numbers.Length));
        json.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
