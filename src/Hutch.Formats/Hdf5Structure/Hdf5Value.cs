using Hutch.Formats.Frames;

namespace Hutch.Formats.Hdf5Structure;

internal sealed record Hdf5Value(byte[] Type, ulong[] Shape, byte[] Bytes)
{
    public static Hdf5Value From(object value) => value switch
    {
        string text => Texts([text], []),
        string[] texts => Texts(texts, [(ulong)texts.Length]),
        int number => Numbers<long>([number], ElementType.Int64, []),
        long number => Numbers([number], ElementType.Int64, []),
        double number => Numbers([number], ElementType.Float64, []),
        long[] numbers => Numbers(numbers, ElementType.Int64, [(ulong)numbers.Length]),
        double[] numbers => Numbers(numbers, ElementType.Float64, [(ulong)numbers.Length]),
        _ => throw new ArgumentException($"Values of {value.GetType()} are not written.", nameof(value)),
    };

    private static Hdf5Value Numbers<T>(T[] numbers, ElementType type, ulong[] shape)
        where T : unmanaged =>
        new(Hdf5Messages.Number(type), shape, MemoryMarshal.AsBytes<T>(numbers).ToArray());

    private static Hdf5Value Texts(string[] texts, ulong[] shape)
    {
        int width = Math.Max(1, texts.Max(Encoding.UTF8.GetByteCount));
        byte[] bytes = new byte[width * texts.Length];
        for (int i = 0; i < texts.Length; i++)
        {
            Encoding.UTF8.GetBytes(texts[i], bytes.AsSpan(i * width, width));
        }

        return new Hdf5Value(Hdf5Messages.Text(width, texts.All(static text => Ascii.IsValid(text))), shape, bytes);
    }
}
