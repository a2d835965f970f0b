using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>The structure of an HDF5 type.</summary>
internal sealed unsafe class TypeTree
{
    private const int MaxDepth = 16;
    private const int MaxMembers = 10_000;
    private const int MaxRank = 32;
    private const int BigEndian = 1;

    public Hdf5TypeClass Class { get; private init; }

    public int Size { get; private init; }

    public int Order { get; private init; }

    public bool IsSigned { get; private init; }

    /// <summary>False for a number with other bits than its size says, which only the library converts.</summary>
    public bool IsPlain { get; private init; } = true;

    /// <summary>The same of the numbers of an array, an enumeration or a list.</summary>
    public bool HasPlainNumbers => (Base ?? this).IsPlain;

    /// <summary>0 for ASCII, 1 for UTF-8.</summary>
    public int CharacterSet { get; private init; }

    /// <summary>0 for NUL at the end, 1 for NULs up to the length, 2 for spaces.</summary>
    public int Padding { get; private init; }

    public bool IsVariableText { get; private init; }

    public string? Tag { get; private init; }

    public IReadOnlyList<Member> Members { get; private init; } = [];

    public IReadOnlyList<KeyValuePair<string, long>> Names { get; private init; } = [];

    public TypeTree? Base { get; private init; }

    public IReadOnlyList<long> Lengths { get; private init; } = [];

    /// <summary>True for booleans as h5py writes them.</summary>
    public bool IsBoolean => Size == 1 && Class == Hdf5TypeClass.Enum && Names is [{ Key: "FALSE", Value: 0 }, { Key: "TRUE", Value: 1 }];

    /// <summary>True for a complex number as h5py writes it.</summary>
    public bool IsComplex => Members is [{ Name: "r", Type: var real }, { Name: "i", Type: var other }]
        && real.Class == Hdf5TypeClass.Float && other.Class == Hdf5TypeClass.Float && real.Size == other.Size && Size == 2 * real.Size
        && real.IsPlain && other.IsPlain && real.Order == other.Order && Members[0].Offset == 0;

    public bool IsNumber => Class is Hdf5TypeClass.Integer or Hdf5TypeClass.Float or Hdf5TypeClass.Enum or Hdf5TypeClass.Bitfield;

    /// <summary>numpy's name of a number, such as <c>&lt;f4</c>, or of something that it has no numbers for.</summary>
    public string Numpy
    {
        get
        {
            char order = Size == 1 ? '|' : Order == BigEndian ? '>' : '<';
            string size = Size.ToString(CultureInfo.InvariantCulture);
            return Class switch
            {
                Hdf5TypeClass.Integer or Hdf5TypeClass.Bitfield or Hdf5TypeClass.Float when !IsPlain => "|V" + size,
                Hdf5TypeClass.Integer when IsPlainSize => $"{order}{(IsSigned ? 'i' : 'u')}{size}",
                Hdf5TypeClass.Bitfield when IsPlainSize => $"{order}u{size}",
                Hdf5TypeClass.Float when Size is 2 or 4 or 8 or 16 => $"{order}f{size}",
                Hdf5TypeClass.Enum => IsBoolean ? "|b1" : Base!.Numpy,
                Hdf5TypeClass.String when !IsVariableText => "|S" + size,
                Hdf5TypeClass.String or Hdf5TypeClass.Reference or Hdf5TypeClass.VariableLength => "|O",
                Hdf5TypeClass.Compound when IsComplex => $"{(Members[0].Type.Order == BigEndian ? '>' : '<')}c{size}",
                _ => "|V" + size,
            };
        }
    }

    private bool IsPlainSize => Size is 1 or 2 or 4 or 8;

    public static TypeTree Read(Hdf5Id type) => Read(type, 0);

    /// <summary>Returns the type in which values are given: that of the file, or the one that the library converts it to.</summary>
    public static TypeTree OfValues(Hdf5Id type)
    {
        TypeTree read = Read(type);
        if (read.HasPlainNumbers)
        {
            return read;
        }

        using Hdf5Id converted = Hdf5Number.InMemory(type);
        return Read(converted);
    }

    private static TypeTree Read(Hdf5Id type, int depth)
    {
        if (depth > MaxDepth)
        {
            throw ErrorCode.UnreadableFile.With($"A type is nested more than {MaxDepth} times.").ToException();
        }

        Hdf5TypeClass kind = Hdf5Library.H5Tget_class(type);
        bool isNumber = kind is Hdf5TypeClass.Integer or Hdf5TypeClass.Float or Hdf5TypeClass.Bitfield;
        bool hasBase = kind is Hdf5TypeClass.Enum or Hdf5TypeClass.Array or Hdf5TypeClass.VariableLength;
        return new TypeTree
        {
            Class = kind,
            Size = checked((int)Hdf5Library.H5Tget_size(type)),
            IsPlain = !isNumber || Hdf5Number.IsPlain(type),
            Order = isNumber ? Hdf5Library.H5Tget_order(type) : 0,
            IsSigned = kind == Hdf5TypeClass.Integer && Hdf5Library.H5Tget_sign(type) != 0,
            CharacterSet = kind == Hdf5TypeClass.String ? Hdf5Library.H5Tget_cset(type) : 0,
            Padding = kind == Hdf5TypeClass.String ? Hdf5Library.H5Tget_strpad(type) : 0,
            IsVariableText = kind == Hdf5TypeClass.String && Hdf5Library.H5Tis_variable_str(type) > 0,
            Tag = kind == Hdf5TypeClass.Opaque ? TakeText(Hdf5Library.H5Tget_tag(type)) : null,
            Members = kind == Hdf5TypeClass.Compound ? ReadMembers(type, depth) : [],
            Names = kind == Hdf5TypeClass.Enum ? ReadNames(type) : [],
            Base = hasBase ? ReadBase(type, depth) : null,
            Lengths = kind == Hdf5TypeClass.Array ? ReadLengths(type) : [],
        };
    }

    private static TypeTree ReadBase(Hdf5Id type, int depth)
    {
        using Hdf5Id inner = Hdf5Library.Check(Hdf5Library.H5Tget_super(type));
        return Read(inner, depth + 1);
    }

    private static List<Member> ReadMembers(Hdf5Id type, int depth)
    {
        var members = new List<Member>();
        uint count = Count(type);
        for (uint i = 0; i < count; i++)
        {
            using Hdf5Id member = Hdf5Library.Check(Hdf5Library.H5Tget_member_type(type, i));
            string name = TakeText(Hdf5Library.H5Tget_member_name(type, i)) ?? "";
            members.Add(new Member(name, checked((int)Hdf5Library.H5Tget_member_offset(type, i)), Read(member, depth + 1)));
        }

        return members;
    }

    private static List<KeyValuePair<string, long>> ReadNames(Hdf5Id type)
    {
        // As the values of a native one are numbers of this machine.
        using Hdf5Id native = Hdf5Library.Check(Hdf5Library.H5Tget_native_type(type, 0));
        int size = (int)Hdf5Library.H5Tget_size(native);
        using Hdf5Id inner = Hdf5Library.Check(Hdf5Library.H5Tget_super(native));
        bool signed = Hdf5Library.H5Tget_sign(inner) != 0;
        var names = new List<KeyValuePair<string, long>>();
        uint count = Count(native);
        byte* value = stackalloc byte[64];
        for (uint i = 0; i < count && size <= 8; i++)
        {
            Hdf5Library.Check(Hdf5Library.H5Tget_member_value(native, i, value));
            names.Add(new(TakeText(Hdf5Library.H5Tget_member_name(native, i)) ?? "", NumberAt(value, size, signed)));
        }

        return names;
    }

    private static long[] ReadLengths(Hdf5Id type)
    {
        ulong* lengths = stackalloc ulong[MaxRank];
        int rank = Hdf5Library.Check(Hdf5Library.H5Tget_array_dims2(type, lengths));
        return [.. new Span<ulong>(lengths, rank).ToArray().Select(static length => checked((long)length))];
    }

    private static uint Count(Hdf5Id type)
    {
        int count = Hdf5Library.Check(Hdf5Library.H5Tget_nmembers(type));
        return count <= MaxMembers
            ? (uint)count
            : throw ErrorCode.UnreadableFile.With($"A type has {count} members; the limit is {MaxMembers}.").ToException();
    }

    /// <summary>A whole number of this machine's order.</summary>
    public static long NumberAt(byte* at, int size, bool signed) => size switch
    {
        1 => signed ? *(sbyte*)at : *at,
        2 => signed ? *(short*)at : *(ushort*)at,
        4 => signed ? *(int*)at : *(uint*)at,
        _ => *(long*)at,
    };

    private static string? TakeText(byte* text)
    {
        string? taken = Marshal.PtrToStringUTF8((nint)text);
        _ = Hdf5Library.H5free_memory(text);
        return taken;
    }

    internal sealed record Member(string Name, int Offset, TypeTree Type);
}
