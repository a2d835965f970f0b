using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

/// <summary>An open group or data set, with the file that it lives in.</summary>
internal sealed class Hdf5Object(Hdf5Id id, Hdf5Id file, string filePath, string path) : IDisposable
{
    public Hdf5Id Id { get; } = id;

    /// <summary>The real path of its file.</summary>
    public string FilePath { get; } = filePath;

    /// <summary>Its path inside the file.</summary>
    public string Path { get; } = path;

    public Hdf5ObjectKind Kind => Hdf5Library.H5Iget_type(Id);

    /// <summary>The file and object, for messages.</summary>
    public string Name => $"{System.IO.Path.GetFileName(FilePath)}:{Path}";

    /// <inheritdoc/>
    public void Dispose()
    {
        Id.Dispose();
        file.Dispose();
    }
}
