using System.Security.Cryptography;

namespace Hutch.Api.Bags;

/// <summary>
/// A file with a line for some entries of a version. Its size and hash have to be known before its bytes are sent: so its lines are made
/// twice, and never kept.
/// </summary>
/// <param name="line">The line of an entry with its line end; null for an entry without one.</param>
internal sealed class LineFile(string name, Func<PathEntry, byte[]?> line) : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private BlobHash? _final;

    public string Name { get; } = name;

    public long Size { get; private set; }

    public long Lines { get; private set; }

    public BlobHash Hash => _final ??= new BlobHash(_hash.GetHashAndReset());

    /// <summary>Counts the line of an entry, if it has one.</summary>
    public void Count(PathEntry entry)
    {
        if (line(entry) is { } bytes)
        {
            _hash.AppendData(bytes);
            Size += bytes.Length;
            Lines++;
        }
    }

    /// <summary>The file as a member; the entries have to be those that were counted.</summary>
    public ArchiveMember ToMember(string root, Func<CancellationToken, IAsyncEnumerable<PathEntry>> entries) => new(
        root + Name, Size,
        ct => entries(ct).Select(line).Where(static one => one is not null).Select(static one => new ReadOnlyMemory<byte>(one)));

    public void Dispose() => _hash.Dispose();
}
