using Hutch.Model.Contents;

namespace Hutch.Previews.Contents;

/// <summary>
/// Asks readers about files. An answer goes through memory, so that the reader is free before it is sent, and is given again as long as
/// the files stay the same; one that is too large for that is sent from the reader, for a limited time.
/// </summary>
internal sealed class PooledContentReader(ReaderPool pool, AnswerCache cache, FileReaderOptions options, TimeProvider time) : IContentReader
{
    public async Task<Result<IContentAnswer>> ReadAsync(
        DatasetId dataset, EntryOpener open, ContentRequest request, CancellationToken ct)
    {
        var files = new VersionFiles(open);
        if (!(await files.OpenAsync("/" + request.File, ct)).TryGet(out ReadableFile? file, out HutchError? refusal))
        {
            return refusal;
        }

        var answerKey = new AnswerCache.AnswerKey(dataset, file.Version, request with { MaxBytes = options.MaxAnswerBytes });
        if (cache.TryFind(answerKey, out AnswerCache.Entry? known) && await IsTrueAsync(known, files, ct))
        {
            return new CachedAnswer(known);
        }

        return (await pool.RentAsync(dataset, ct)).TryGet(out ReaderPool.Lease? lease, out refusal)
            ? await ReadAsync(lease, answerKey, new OpenedFiles(files), ct)
            : refusal;
    }

    private async Task<bool> IsTrueAsync(AnswerCache.Entry known, VersionFiles files, CancellationToken ct)
    {
        bool isTrue = false;
        try
        {
            isTrue = await OpenedFiles.AreSameAsync(files, known.Files, ct);
            return isTrue;
        }
        finally
        {
            if (!isTrue)
            {
                cache.Invalidate(known);
                known.Dispose();
            }
        }
    }

    private async Task<Result<IContentAnswer>> ReadAsync(
        ReaderPool.Lease lease, AnswerCache.AnswerKey answerKey, OpenedFiles files, CancellationToken ct)
    {
        ContentAnswer? answer = null;
        bool isSentFromReader = false;
        try
        {
            Result<ContentAnswer> asked = await lease.Process.RequestAsync(answerKey.Request, files, ct);
            if (!asked.TryGet(out answer, out HutchError? refusal))
            {
                return refusal;
            }

            if (cache.Take(answerKey, answer.Bytes) is { } entry)
            {
                return await FillAsync(entry, answer, files, ct);
            }

            isSentFromReader = true;
            return new ForwardedAnswer(answer, lease, TimeSpan.FromSeconds(options.RequestSeconds), time);
        }
        finally
        {
            if (!isSentFromReader)
            {
                await (answer?.DisposeAsync() ?? ValueTask.CompletedTask);
                await lease.DisposeAsync();
            }
        }
    }

    private async Task<Result<IContentAnswer>> FillAsync(
        AnswerCache.Entry entry, ContentAnswer answer, OpenedFiles files, CancellationToken ct)
    {
        bool isFilled = false;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(options.RequestSeconds), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
            await answer.ReadAsync(entry.Bytes, either.Token);
            isFilled = true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ErrorCode.Unavailable.With($"The reader gave no answer within {options.RequestSeconds} s.");
        }
        finally
        {
            if (!isFilled)
            {
                entry.Dispose();
            }
        }

        entry.Files = files.All;
        if (entry.AnswerKey.Request.Attributes is null)
        {
            cache.Add(entry);
        }

        return new CachedAnswer(entry);
    }

    private sealed class CachedAnswer(AnswerCache.Entry entry) : IContentAnswer
    {
        private const int PieceBytes = 64 << 10;

        private int _isDisposed;

        public int Bytes => entry.Bytes.Length;

        /// <remarks>Piece by piece: what a writer is given at once, it copies at once.</remarks>
        public async Task CopyToAsync(PipeWriter writer, CancellationToken ct)
        {
            for (int at = 0; at < Bytes; at += PieceBytes)
            {
                await writer.WriteAsync(entry.Bytes.AsMemory(at, Math.Min(PieceBytes, Bytes - at)), ct);
            }
        }

        public ValueTask DisposeAsync()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                entry.Dispose();
            }

            return ValueTask.CompletedTask;
        }
    }

    private sealed class ForwardedAnswer(ContentAnswer answer, ReaderPool.Lease lease, TimeSpan limit, TimeProvider time) : IContentAnswer
    {
        public int Bytes => answer.Bytes;

        public async Task CopyToAsync(PipeWriter writer, CancellationToken ct)
        {
            using var timer = new CancellationTokenSource(limit, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, ct);
            try
            {
                await answer.CopyToAsync(writer, either.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                throw ErrorCode.Unavailable.With(
                    $"An answer of {answer.Bytes} bytes was not taken within {limit.TotalSeconds:0} s, and others wait for its reader. "
                    + "Ask for a part of it.").ToException();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await answer.DisposeAsync();
            await lease.DisposeAsync();
        }
    }
}
