using Hutch.Formats.Native;

namespace Hutch.Formats;

/// <summary>A shared library that this program uses: which version this machine has.</summary>
/// <param name="Version">Its version; null when it is not installed.</param>
/// <param name="Missing">What to install; null when it is there.</param>
public sealed record NativeVersion(string Name, string? Version, string? Missing)
{
    public static IReadOnlyList<NativeVersion> All() =>
    [
        From("HDF5", Hdf5Library.VersionText),
        From("LZ4", Lz4Library.VersionText),
        From("zlib", ZlibLibrary.VersionText),
        From("ZeroMQ", ZeroMqLibrary.VersionText),
    ];

    private static NativeVersion From(string name, Func<string> read)
    {
        try
        {
            return new NativeVersion(name, read(), null);
        }
        catch (Exception e) when (Find(e) is not null)
        {
            return new NativeVersion(name, null, Find(e)!.Error.Message);
        }
        catch (EntryPointNotFoundException e)
        {
            return new NativeVersion(name, null, e.Message);
        }
    }

    // The first use of a binding loads its library: the refusal comes out of a static constructor.
    private static HutchException? Find(Exception? e) => e as HutchException ?? (e?.InnerException is { } inner ? Find(inner) : null);
}
