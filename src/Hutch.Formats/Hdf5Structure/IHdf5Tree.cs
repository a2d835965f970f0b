namespace Hutch.Formats.Hdf5Structure;

/// <summary>
/// Takes the groups and small values of an HDF5 file. A file that libhdf5 writes is one; the generated beginning of a file whose chunks
/// are already stored is another.
/// </summary>
internal interface IHdf5Tree
{
    /// <summary>Makes a group and those above it; gives the last one its NeXus class.</summary>
    void Group(string path, string? nexusClass = null);

    /// <summary>Gives a group an attribute; the empty path is the root.</summary>
    void GroupAttribute(string path, string name, object value);

    void Value(string path, object value, params (string Name, object Value)[] attributes);
}
