using Hutch.Client.Transfers;

namespace Hutch.Client.Deposits;

/// <summary>A request body that is the body of an answer of Hutch, with its MD5.</summary>
internal sealed class DepositContent(HttpResponseMessage source, IncrementalHash md5, ITransferProgress progress) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(TransferLimits.PieceBytes);
        try
        {
            await using Stream body = await source.Content.ReadAsStreamAsync(cancellationToken);
            for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                md5.AppendData(buffer.AsSpan(0, read));
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                progress.Add(0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = source.Content.Headers.ContentLength ?? 0;
        return source.Content.Headers.ContentLength is not null;
    }
}
