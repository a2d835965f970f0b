using System.IO.Pipelines;
using Hutch.Datasets.Files;
using Hutch.Formats.Arrays;
using Hutch.Formats.Frames;
using Hutch.Model;
using Hutch.Site.Write.Blobs;

namespace Hutch.Previews.Tests.Support;

/// <summary>The files of a version in memory; counts what is read of them.</summary>
internal sealed class MemoryFiles
{
    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    /// <summary>How many ranges were read.</summary>
    public int Reads { get; private set; }

    /// <summary>Puts a numpy file of small numbers, or another in its place.</summary>
    public void Put(string path, params byte[] numbers) =>
        _files[path] = NumpyFile.Write(new NumericArray(ElementType.UInt8, [numbers.Length], numbers));

    public Task<Result<OpenedEntry>> OpenAsync(DatasetPath path, CancellationToken ct) => Task.FromResult<Result<OpenedEntry>>(
        _files.TryGetValue(path.Value, out byte[]? bytes)
            ? new OpenedEntry(path, new Entry { Kind = EntryKind.File, Hash = BlobHash.Compute(bytes), Size = bytes.Length }, new Content(this, bytes))
            : ErrorCode.NotFound.With("There is none."));

    private sealed class Content(MemoryFiles owner, byte[] bytes) : IEntryContent
    {
        public long Size => bytes.Length;

        public async Task CopyToAsync(PipeWriter writer, long offset, long length, CancellationToken ct)
        {
            owner.Reads++;
            await writer.WriteAsync(bytes.AsMemory((int)offset, (int)length), ct);
        }
    }
}
