using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Hutch.Site.Write.Blobs;

namespace Hutch.DataLad.Hosting;

/// <summary>
/// Sends the bytes of a key in an adopted store that was not hashed yet. They are compared with the key while they are read. The last of
/// them is held back until they are found to be right, so that no client takes a wrong answer for a whole one.
/// </summary>
internal static class PendingKey
{
    /// <exception cref="HutchException">The bytes are not the content of the key.</exception>
    public static async Task SendAsync(KeyName key, BlobContent content, PipeWriter output, CancellationToken ct)
    {
        using KeyDigest digest = KeyDigest.Compute(key).Value;
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var pipe = new Pipe();
        Task copy = CopyAsync(content, pipe.Writer, ct);
        ReadOnlyMemory<byte> held = default;
        try
        {
            for (bool isDone = false; !isDone;)
            {
                ReadResult read = await pipe.Reader.ReadAsync(ct);
                isDone = read.IsCompleted;
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    if (part.IsEmpty)
                    {
                        continue;
                    }

                    digest.Append(part.Span);
                    sha.AppendData(part.Span);
                    output.Write(held.Span);
                    output.Write(part.Span[..^1]);
                    held = part[^1..].ToArray();
                }

                pipe.Reader.AdvanceTo(read.Buffer.End);
                await output.FlushAsync(ct);
            }
        }
        finally
        {
            await pipe.Reader.CompleteAsync();
            await copy.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await copy;
        if (!digest.Finish(new BlobHash(sha.GetHashAndReset()), content.Size).IsOk)
        {
            throw ErrorCode.DigestMismatch.With(
                $"The bytes of the key {Display.Quote(key.Text)} in the adopted store are not what it says: they were changed there.")
                .ToException();
        }

        output.Write(held.Span);
        await output.FlushAsync(ct);
    }

    private static async Task CopyAsync(BlobContent content, PipeWriter writer, CancellationToken ct)
    {
        try
        {
            await content.CopyToAsync(writer, 0, content.Size, ct);
            await writer.CompleteAsync();
        }
        catch (Exception e)
        {
            await writer.CompleteAsync(e);
            throw;
        }
    }
}
