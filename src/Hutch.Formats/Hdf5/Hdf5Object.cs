using Hutch.Formats.Native;

namespace Hutch.Formats.Hdf5;

internal sealed class Hdf5Object(Hdf5Id id, Hdf5Id file, string filePath, string path) : IDisposable
{
    public Hdf5Id Id { get; } = id;

    public string FilePath { get; } = filePath;

    public string Path { get; } = path;

    public Hdf5ObjectKind Kind => Hdf5Library.H5Iget_type(Id);

    public string Name => $"{System.IO.Path.GetFileName(FilePath)}:{Path}";

    public void Dispose()
    {
        Id.Dispose();
        file.Dispose();
    }
}
