using System.Diagnostics.CodeAnalysis;

namespace Hutch.Catalog.Search;

/// <summary>
/// All facts of one dataset, as bytes. Each fact has a number (the field, times four; plus two for a text; plus one if it is shown
/// otherwise), the value (eight bytes of a number, or a text) and, if it differs, the shown text. A text follows its length. Numbers and
/// lengths have seven bits in a byte, the lowest first.
/// </summary>
internal readonly ref struct PackedFacts(ReadOnlySpan<byte> bytes)
{
    private const int FieldShift = 2;
    private const int TextBit = 2;
    private const int ShownBit = 1;
    private const int BitsOfByte = 7;
    private const byte MoreBit = 1 << BitsOfByte;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public static byte[] Pack(IEnumerable<(long Field, SearchFact Fact)> facts)
    {
        var bytes = new List<byte>();
        foreach ((long field, SearchFact fact) in facts)
        {
            WriteNumber(bytes, (ulong)(field << FieldShift) | (fact.Text is null ? 0u : TextBit) | (fact.Shown is null ? 0u : ShownBit));
            if (fact.Text is { } text)
            {
                WriteText(bytes, text);
            }
            else
            {
                bytes.AddRange(BitConverter.GetBytes(fact.Number!.Value));
            }

            if (fact.Shown is { } shown)
            {
                WriteText(bytes, shown);
            }
        }

        return [.. bytes];
    }

    public Enumerator GetEnumerator() => new(_bytes);

    private static void WriteNumber(List<byte> bytes, ulong number)
    {
        for (; number >= MoreBit; number >>= BitsOfByte)
        {
            bytes.Add((byte)(number | MoreBit));
        }

        bytes.Add((byte)number);
    }

    private static void WriteText(List<byte> bytes, string text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        WriteNumber(bytes, (ulong)utf8.Length);
        bytes.AddRange(utf8);
    }

    /// <summary>One fact, as a view of the bytes.</summary>
    public readonly ref struct Fact
    {
        public long Field { get; init; }

        public bool IsText { get; init; }

        public double Number { get; init; }

        /// <summary>The value of a text, UTF-8.</summary>
        public ReadOnlySpan<byte> Text { get; init; }

        /// <summary>The text as it was written, UTF-8; empty if it is the same.</summary>
        public ReadOnlySpan<byte> Shown { get; init; }

        public object Value => IsText ? Encoding.UTF8.GetString(Text) : Number;
    }

    [SuppressMessage("Design", "CA1034", Justification = "foreach wants it.")]
    public ref struct Enumerator(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _left = bytes;

        public Fact Current { get; private set; }

        public bool MoveNext()
        {
            if (_left.IsEmpty)
            {
                return false;
            }

            ulong head = ReadNumber();
            bool isText = (head & TextBit) != 0;
            Current = new Fact
            {
                Field = (long)(head >> FieldShift),
                IsText = isText,
                Number = isText ? 0 : BitConverter.ToDouble(Take(sizeof(double))),
                Text = isText ? ReadText() : default,
                Shown = (head & ShownBit) != 0 ? ReadText() : default,
            };
            return true;
        }

        private ReadOnlySpan<byte> ReadText() => Take((int)ReadNumber());

        private ulong ReadNumber()
        {
            ulong number = 0;
            for (int shift = 0; ; shift += BitsOfByte)
            {
                byte next = Take(1)[0];
                number |= (ulong)(next & ~MoreBit & byte.MaxValue) << shift;
                if ((next & MoreBit) == 0)
                {
                    return number;
                }
            }
        }

        private ReadOnlySpan<byte> Take(int count)
        {
            ReadOnlySpan<byte> taken = _left[..count];
            _left = _left[count..];
            return taken;
        }
    }
}
