namespace Hutch.Formats.Native;

/// <summary>One HDF5 identifier (<c>hid_t</c>) of any kind. Closing the last reference closes the object.</summary>
internal sealed class Hdf5Id : SafeHandle
{
    public Hdf5Id()
        : base(-1, ownsHandle: true)
    {
    }

    private Hdf5Id(nint id)
        : base(-1, ownsHandle: false) => SetHandle(id);

    /// <summary>The library's "use the default": H5P_DEFAULT, H5S_ALL.</summary>
    public static Hdf5Id Default { get; } = new(0);

    public override bool IsInvalid => handle < 0;

    /// <summary>Wraps one of the library's constants, which are never closed.</summary>
    public static Hdf5Id Borrow(nint id) => new(id);

    protected override bool ReleaseHandle()
    {
        // The finalizer thread closes undisposed identifiers, while another thread may be in the library.
        lock (Hdf5Library.Gate)
        {
            return Hdf5Library.H5Idec_ref(handle) >= 0;
        }
    }
}
