using System.IO.Pipelines;
using Hutch.Datasets.Files;
using Hutch.Formats.Hdf5Content;
using Hutch.Model;
using Hutch.Model.Contents;

namespace Hutch.Look;

/// <summary>Asks readers about files.</summary>
internal sealed class PooledContentReader(ReaderPool pool, LookOptions options) : IContentReader
{
    /// <inheritdoc/>
    public async Task<Result<IContentAnswer>> AskAsync(
        DatasetId dataset, EntryOpener open, ContentRequest request, CancellationToken ct)
    {
        if (!(await pool.TakeAsync(dataset, ct)).TryGet(out ReaderPool.Lease? lease, out HutchError? busy))
        {
            return busy;
        }

        Answer? answer = null;
        try
        {
            ContentRequest bounded = request with { MaxBytes = options.MaxAnswerBytes };
            Result<ContentAnswer> asked = await lease.Process.AskAsync(bounded, new VersionFiles(open), ct);
            answer = asked.IsOk ? new Answer(asked.Value, lease) : null;
            return answer is null ? asked.Error! : answer;
        }
        finally
        {
            if (answer is null)
            {
                await lease.DisposeAsync();
            }
        }
    }

    private sealed class Answer(ContentAnswer answer, ReaderPool.Lease lease) : IContentAnswer
    {
        public int Bytes => answer.Bytes;

        public Task CopyToAsync(PipeWriter writer, CancellationToken ct) => answer.CopyToAsync(writer, ct);

        public async ValueTask DisposeAsync()
        {
            await answer.DisposeAsync();
            await lease.DisposeAsync();
        }
    }
}
