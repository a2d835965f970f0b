using Hutch.Mount.Nesting;

namespace Hutch.Mount.Contents;

/// <summary>Downloads blocks of files of the mounted datasets. Thread-safe.</summary>
internal sealed class BlockSource(HutchClient client, MountedDatasets datasets, ServerRetry retry, TimeProvider time)
    : IDisposable
{
    private const int Concurrent = 8;

    /// <summary>The longest time without a byte, after which the connection is taken for dead.</summary>
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _slots = new(Concurrent);

    public void Dispose() => _slots.Dispose();

    /// <summary>Downloads consecutive blocks with one request, and resumes at the first missing one after a break.</summary>
    /// <param name="arrived">Receives each block, in order, and holds what it needs; what it throws ends the download.</param>
    internal async Task FetchAsync(
        FileContent content, int first, int count, Func<int, Block, Task> arrived, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        try
        {
            ServerRetry.Attempt attempt = retry.Begin();
            int next = first;
            while (next < first + count)
            {
                try
                {
                    await foreach (Block block in ReceiveAsync(content, next, first + count - next, cancellationToken))
                    {
                        using (block)
                        {
                            retry.Progressed(attempt);
                            await arrived(next++, block);
                        }
                    }
                }
                catch (Exception e) when (retry.MayRetry(e, attempt, cancellationToken))
                {
                    await retry.WaitAsync(attempt, cancellationToken);
                }
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    private async IAsyncEnumerable<Block> ReceiveAsync(
        FileContent content, int first, int count,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long offset = (long)first * FileContent.BlockBytes;
        long length = Math.Min((long)count * FileContent.BlockBytes, content.Size - offset);
        MountedLocation place = datasets.Find(content.Path);
        using HttpResponseMessage response = await client.OpenRangeAsync(
            place.Dataset, place.At, place.Path, content.Hash, offset, length, cancellationToken);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellationToken);
        for (int number = first; number < first + count; number++)
        {
            var block = Block.Rent(content.LengthOf(number));
            try
            {
                await FillAsync(body, block.Bytes, cancellationToken);
            }
            catch
            {
                block.Dispose();
                throw;
            }

            yield return block;
        }
    }

    private async Task FillAsync(Stream body, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(IdleLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        try
        {
            for (int filled = 0; filled < bytes.Length;)
            {
                int read = await body.ReadAsync(bytes[filled..], either.Token);
                filled += read > 0 ? read : throw new EndOfStreamException("The response was cut off.");
                idle.CancelAfter(IdleLimit);
            }
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{client.Remote.Authority} sent nothing for {IdleLimit.TotalSeconds:0} s.");
        }
    }
}
