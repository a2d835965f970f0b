using Hutch.Formats.Hdf5;
using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5Content;

/// <summary>Opens files of the store as HDF5, and keeps the last few open.</summary>
/// <remarks>For one caller at a time.</remarks>
internal sealed class OpenFiles(StoreDriver driver) : IDisposable
{
    private const int MaxOpen = 4;

    // H5F_ACC_RDONLY and H5F_ACC_SWMR_READ of H5Fpublic.h.
    private const uint ReadOnly = 0;
    private const uint WhileItIsWritten = 0x40;

    private readonly RecentItems<Hdf5Id> _open = new(MaxOpen, static file => file.Dispose());

    /// <summary>Opens a file. It stays this object's to close.</summary>
    /// <param name="kinds">What the file should have been, for its refusal.</param>
    /// <exception cref="HutchException">It is no whole HDF5 file.</exception>
    public Hdf5Id Open(string path, NumberedFile stored, string kinds = "an HDF5 file") =>
        _open.Get(stored.Number, () => OpenNew("/" + path, kinds));

    public void Dispose() => _open.Dispose();

    private Hdf5Id OpenNew(string path, string kinds)
    {
        using Hdf5Id access = driver.NewAccess();
        try
        {
            return Hdf5Library.Check(Hdf5Library.H5Fopen(path, ReadOnly, access));
        }
        catch (Hdf5Exception e) when (e.Reason.Contains("signature not found", StringComparison.Ordinal))
        {
            string name = Path.GetFileName(path);
            throw name.EndsWith(".npz", StringComparison.OrdinalIgnoreCase)
                ? Unreadable.File(
                    $"{name} is an archive of numpy arrays.", path[1..], "Store each array as a file of its own (.npy), or download it.")
                : Unreadable.File($"{name} is not {kinds}.", path[1..], "Look at it as text, or download it.");
        }
        catch (Hdf5Exception)
        {
            // A file whose writer admits readers while it writes.
            Hdf5Id file = Hdf5Library.H5Fopen(path, WhileItIsWritten, access);
            if (!file.IsInvalid)
            {
                return file;
            }

            file.Dispose();
            throw;
        }
    }
}
