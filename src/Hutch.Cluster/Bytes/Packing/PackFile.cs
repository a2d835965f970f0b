namespace Hutch.Cluster.Bytes.Packing;

/// <summary>A pack under construction, in a file of this server that is removed with it.</summary>
internal sealed class PackFile : IDisposable
{
    private const string Name = ".scratch-pack";
    private const int PieceBytes = 8 << 20;

    private readonly IDisk _disk;
    private readonly string _path;

    private PackFile(IDisk disk, string path, IDiskFile file) => (_disk, _path, File) = (disk, path, file);

    public IDiskFile File { get; }

    /// <summary>Makes an empty pack in a folder, and removes remains of an earlier process there.</summary>
    public static PackFile Create(IDisk disk, string folder, string suffix) => CreateAt(disk, Path.Combine(folder, Name + suffix));

    /// <summary>Makes an empty pack; its path may get another name while it is open.</summary>
    public static PackFile CreateAt(IDisk disk, string path)
    {
        disk.Delete(path);
        return new PackFile(disk, path, disk.Open(path, DiskAccess.CreateNew));
    }

    /// <exception cref="QuarantinedException">It is missing, or has another length.</exception>
    public Task FetchAsync(IObjectStore objects, string name, long length, CancellationToken ct) =>
        FetchAsync(objects, name, length, new byte[Math.Min(PieceBytes, length)], ct);

    /// <param name="buffer">Used for the bytes on their way.</param>
    /// <inheritdoc cref="FetchAsync(IObjectStore, string, long, CancellationToken)"/>
    public async Task FetchAsync(IObjectStore objects, string name, long length, byte[] buffer, CancellationToken ct)
    {
        for (long offset = 0; offset < length; offset += buffer.Length)
        {
            Memory<byte> piece = buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - offset));
            if (await objects.ReadAsync(name, offset, piece, length, ct) != ObjectReadOutcome.Read)
            {
                throw new QuarantinedException($"The pack '{name}' is missing in {objects.Name}, or is not as long as it was.");
            }

            File.Write(piece.Span, offset);
        }
    }

    public Task StoreAsync(IObjectStore objects, string name, long length, CancellationToken ct) =>
        objects.StoreAsync(name, ObjectBody.From(File, length), ct);

    public void Dispose()
    {
        File.Dispose();
        _disk.Delete(_path);
    }
}
