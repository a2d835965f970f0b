using Hutch.Formats.NxMx;
using Hutch.Model;

namespace Hutch.Capture.Tests.Support;

/// <summary>A sink in memory, which can be made to wait or to fail.</summary>
internal sealed class MemorySink : IFrameSink
{
    private Dictionary<string, BlobHash> _seen = [];

    internal Dictionary<string, byte[]> Entries { get; } = [];

    internal Dictionary<string, IReadOnlyDictionary<string, string>> Metadata { get; } = [];

    internal List<string> Puts { get; } = [];

    internal List<(SeriesMetadata Now, SeriesMetadata? Before)> Described { get; } = [];

    /// <summary>Called before an entry is stored.</summary>
    internal Func<string, Task> BeforePut { get; set; } = _ => Task.CompletedTask;

    public IEnumerable<string> Paths => _seen.Keys;

    public Task LoadExistingAsync(CancellationToken cancellationToken)
    {
        lock (Entries)
        {
            _seen = Entries.ToDictionary(e => e.Key, e => BlobHash.Compute(e.Value));
        }

        return Task.CompletedTask;
    }

    public bool NeedsHash(string path) => _seen.ContainsKey(path);

    public SinkEntry Find(string path, ReadOnlySpan<byte> bytes, BlobHash hash) => !_seen.TryGetValue(path, out BlobHash there)
        ? SinkEntry.Unknown
        : there == hash ? SinkEntry.Same : SinkEntry.Other;

    public Task<byte[]?> ReadAsync(string path, int maxBytes, CancellationToken cancellationToken) => Task.FromResult<byte[]?>(Entries[path]);

    public IReadOnlyDictionary<string, string>? UserMetadata(string path) => Metadata.GetValueOrDefault(path);

    public async Task PutAsync(
        string path, ReadOnlyMemory<byte> bytes, BlobHash? hash, string contentType, IReadOnlyDictionary<string, string>? metadata,
        CancellationToken cancellationToken)
    {
        await BeforePut(path).WaitAsync(cancellationToken);
        Assert.True(hash is null || hash == BlobHash.Compute(bytes.Span));
        Assert.True(hash is not null || !NeedsHash(path) || path.StartsWith("header.d/", StringComparison.Ordinal));
        lock (Entries)
        {
            Puts.Add(path);
            Entries[path] = bytes.ToArray();
            Metadata[path] = metadata ?? new Dictionary<string, string>();
        }
    }

    public Task<IReadOnlyList<string>> DescribeAsync(SeriesMetadata series, SeriesMetadata? before, CancellationToken cancellationToken)
    {
        Described.Add((series, before));
        return Task.FromResult<IReadOnlyList<string>>([]);
    }

    public Task DeleteAsync(string path, CancellationToken cancellationToken)
    {
        Entries.Remove(path);
        return Task.CompletedTask;
    }
}
