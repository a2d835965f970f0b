using System.Globalization;
using System.IO.Pipelines;
using Hutch.Formats.Hdf5Content;
using Hutch.Model;
using Hutch.Testing;

namespace Hutch.Formats.Tests.Support;

/// <summary>The files of a folder, as those of a dataset; counts what is read of them.</summary>
internal sealed class FolderFiles(TemporaryFolder folder) : IReadableFiles
{
    /// <summary>What was opened, in order.</summary>
    public List<string> Opened { get; } = [];

    /// <summary>What was read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Is awaited before each range is given.</summary>
    public Func<CancellationToken, Task> BeforeRead { get; init; } = static _ => Task.CompletedTask;

    public Task<Result<ReadableFile>> OpenAsync(string path, CancellationToken ct)
    {
        Opened.Add(path);
        var file = new FileInfo(folder[path.TrimStart('/')]);
        Result<ReadableFile> opened = file.Exists && path.StartsWith('/')
            ? new ReadableFile(file.LastWriteTimeUtc.Ticks.ToString(CultureInfo.InvariantCulture), file.Length, Copy)
            : ErrorCode.NotFound.With("There is no such file.");
        return Task.FromResult(opened);

        async Task Copy(PipeWriter writer, long offset, long length, CancellationToken token)
        {
            await BeforeRead(token);
            BytesRead += length;
            byte[] bytes = new byte[length];
            await using FileStream stream = file.OpenRead();
            stream.Position = offset;
            await stream.ReadExactlyAsync(bytes, token);
            await writer.WriteAsync(bytes, token);
        }
    }
}
