using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>A part of a virtual data set: the values that a data set, mostly of another file, fills.</summary>
internal sealed record VirtualMapping(string FileName, string Path, FrameSelection Target, FrameSelection Source)
{
    private const int MaxMappings = 1_000_000;

    /// <summary>A function of HDF5 that returns the length of a name, and copies as much of it as fits.</summary>
    private unsafe delegate nint NameReader(Hdf5Id list, nuint index, byte* name, nuint bytes);

    public static HutchException Unsupported(Hdf5Object data, string parts = "not a fixed number of whole images") =>
        Unreadable.File($"{data.Name} is a virtual data set whose parts are {parts}, which is not supported.", data.FilePath);

    /// <summary>
    /// Reads the parts of a virtual data set. Refuses selections without end, for which the library would open the sources.
    /// </summary>
    public static List<VirtualMapping> ReadAll(Hdf5Object data) =>
        TryReadAll(data) ?? throw Unsupported(data, "without end, or not regular");

    /// <summary>Reads the parts of a virtual data set; null if one has no end.</summary>
    public static unsafe List<VirtualMapping>? TryReadAll(Hdf5Object data)
    {
        using Hdf5Id list = Hdf5Library.Check(Hdf5Library.H5Dget_create_plist(data.Id));
        nuint count;
        Hdf5Library.Check(Hdf5Library.H5Pget_virtual_count(list, &count));
        if (count > MaxMappings)
        {
            throw Unreadable.File($"{data.Name} is made of {count} parts; the limit is {MaxMappings}.", data.FilePath);
        }

        var mappings = new List<VirtualMapping>((int)count);
        for (nuint i = 0; i < count; i++)
        {
            using Hdf5Id target = Hdf5Library.Check(Hdf5Library.H5Pget_virtual_vspace(list, i));
            using Hdf5Id source = Hdf5Library.Check(Hdf5Library.H5Pget_virtual_srcspace(list, i));
            if (FrameSelection.Read(target) is not { } targetFrames || FrameSelection.Read(source) is not { } sourceFrames)
            {
                return null;
            }

            string file = Read(Hdf5Library.H5Pget_virtual_filename, list, i);
            string path = Read(Hdf5Library.H5Pget_virtual_dsetname, list, i);
            mappings.Add(new VirtualMapping(file, path, targetFrames, sourceFrames));
        }

        return mappings;
    }

    private static unsafe string Read(NameReader read, Hdf5Id list, nuint index)
    {
        nint length = Hdf5Library.Check(read(list, index, null, 0));
        byte[] name = new byte[length + 1];
        fixed (byte* bytes = name)
        {
            Hdf5Library.Check(read(list, index, bytes, (nuint)name.Length));
            return Marshal.PtrToStringUTF8((nint)bytes)!;
        }
    }
}
