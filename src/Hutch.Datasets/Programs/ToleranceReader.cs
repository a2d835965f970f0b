using System.IO.Pipelines;
using System.Text;
using Hutch.Datasets.Files;
using Hutch.Model.Contents;
using Hutch.Programs.Comparing;
using Hutch.Programs.Documents;

namespace Hutch.Datasets.Programs;

/// <summary>Compares two files within a tolerance: HDF5 by a reader in a jail, anything else as text. Both are read as streams.</summary>
internal sealed class ToleranceReader(DatasetReader reader, TimeProvider time)
{
    private const long MaxTextBytes = 1L << 30;
    private const int MaxAttempts = 10;

    private static readonly byte[] Hdf5Signature = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Compares a path in two trees.</summary>
    public async Task<NumericComparison> CompareAsync(
        Caller caller, FixedTree before, FixedTree after, DatasetPath path, FileTolerance tolerance, CancellationToken ct)
    {
        (IEntryContent one, IEntryContent other) =
            (await OpenAsync(caller, before, path, ct), await OpenAsync(caller, after, path, ct));
        return await IsHdf5Async(one, ct) && await IsHdf5Async(other, ct)
            ? await new Hdf5Comparison(
                path.Value, ReaderOf(caller, before), ReaderOf(caller, after), tolerance.Relative, tolerance.Absolute).CompareAsync(ct)
            : await CompareTextsAsync(one, other, tolerance, ct);
    }

    private static async Task<bool> IsHdf5Async(IEntryContent content, CancellationToken ct)
    {
        if (content.Size < Hdf5Signature.Length)
        {
            return false;
        }

        using var begin = new MemoryStream();
        var writer = PipeWriter.Create(begin, new StreamPipeWriterOptions(leaveOpen: true));
        await content.CopyToAsync(writer, 0, Hdf5Signature.Length, ct);
        await writer.CompleteAsync();
        return begin.ToArray().AsSpan().SequenceEqual(Hdf5Signature);
    }

    private Hdf5Reader ReaderOf(Caller caller, FixedTree tree) => async (request, ct) =>
    {
        // Readers serve people, too: a comparison waits for them, and does not begin again.
        var retry = new RetryPolicy
        {
            FirstDelay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(30),
            Time = time,
        };
        for (int attempt = 1; ; attempt++)
        {
            Result<byte[]> answer = await ReadAsync(caller, tree, request, ct);
            if (answer.IsOk || answer.Error.Code != ErrorCode.Unavailable || attempt == MaxAttempts)
            {
                return answer;
            }

            await Task.Delay(retry.DelayAfter(attempt), time, ct);
        }
    };

    private async Task<Result<byte[]>> ReadAsync(Caller caller, FixedTree tree, ContentRequest request, CancellationToken ct)
    {
        if (!(await reader.Contents.ReadAsync(caller, tree.Dataset, At(tree), request, ct))
            .TryGet(out IContentAnswer? answer, out HutchError? refusal))
        {
            return refusal;
        }

        await using (answer)
        {
            using var bytes = new MemoryStream(answer.Bytes);
            var writer = PipeWriter.Create(bytes, new StreamPipeWriterOptions(leaveOpen: true));
            await answer.CopyToAsync(writer, ct);
            await writer.CompleteAsync();
            return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
        }
    }

    private static SnapshotRef At(FixedTree tree) => SnapshotRef.OfNumber(checked((int)tree.Number));

    private async Task<IEntryContent> OpenAsync(Caller caller, FixedTree tree, DatasetPath path, CancellationToken ct) =>
        (await reader.Entries.OpenAsync(caller, tree.Dataset, path, At(tree), ct))
            .TryGet(out OpenedEntry? opened, out HutchError? refusal) && opened.Content is { } content
            ? content
            : throw (refusal ?? ErrorCode.Gone.With($"The bytes of {Display.Quote(path.Value)} are no longer stored.")).ToException();

    private static async Task<NumericComparison> CompareTextsAsync(
        IEntryContent before, IEntryContent after, FileTolerance tolerance, CancellationToken ct)
    {
        if (Math.Max(before.Size, after.Size) > MaxTextBytes)
        {
            return new NumericComparison(0, $"it has more than {MaxTextBytes >> 20} MiB, the most of a text with a tolerance");
        }

        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await using var first = new PipedText(before, enough.Token);
        await using var second = new PipedText(after, enough.Token);
        NumericComparison compared = await NumericText.CompareAsync(first.Text, second.Text, tolerance.Relative, tolerance.Absolute, ct);
        await enough.CancelAsync();
        return compared;
    }

    /// <summary>The text of a file, read as it is needed.</summary>
    private sealed class PipedText : IAsyncDisposable
    {
        private readonly Pipe _pipe = new();
        private readonly Task _copying;

        public PipedText(IEntryContent content, CancellationToken ct)
        {
            _copying = CopyAsync(content, ct);

            // A character a byte: other encodings take different bytes that are no text for the same character.
            Text = new StreamReader(_pipe.Reader.AsStream(), Encoding.Latin1, detectEncodingFromByteOrderMarks: false);
        }

        public StreamReader Text { get; }

        public async ValueTask DisposeAsync()
        {
            Text.Dispose();
            await _copying;
        }

        private async Task CopyAsync(IEntryContent content, CancellationToken ct)
        {
            try
            {
                await content.CopyToAsync(_pipe.Writer, 0, content.Size, ct);
                await _pipe.Writer.CompleteAsync();
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // The reader gets it, unless it has read enough.
                await _pipe.Writer.CompleteAsync(e);
            }
        }
    }
}
