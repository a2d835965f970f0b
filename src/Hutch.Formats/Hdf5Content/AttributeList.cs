using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

internal static unsafe class AttributeList
{
    private const int MaxAttributes = 10_000;
    private const int MaxNameBytes = 64 << 10;

    /// <summary>Opens one after the other, in the order of their names, for as long as the caller looks at it.</summary>
    public static IEnumerable<(string Name, Hdf5Id Attribute)> Read(Hdf5Id item)
    {
        int count = Hdf5Library.Check(Hdf5Library.H5Aget_num_attrs(item));
        if (count > MaxAttributes)
        {
            throw ErrorCode.TooLarge.With($"There are {count} attributes; so many are not listed.").ToException();
        }

        for (int i = 0; i < count; i++)
        {
            using Hdf5Id attribute = Hdf5Library.Check(
                Hdf5Library.H5Aopen_by_idx(item, ".", 0, 0, (ulong)i, Hdf5Id.Default, Hdf5Id.Default));
            yield return (NameOf(attribute), attribute);
        }
    }

    private static string NameOf(Hdf5Id attribute)
    {
        nint length = Hdf5Library.Check(Hdf5Library.H5Aget_name(attribute, 0, null));
        byte[] name = new byte[Math.Min(length, MaxNameBytes) + 1];
        fixed (byte* bytes = name)
        {
            Hdf5Library.Check(Hdf5Library.H5Aget_name(attribute, (nuint)name.Length, bytes));
            return Marshal.PtrToStringUTF8((nint)bytes)!;
        }
    }
}
