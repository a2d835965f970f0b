using System.Buffers;
using Hutch.Model.Tar;

namespace Hutch.Site.Write.Pushes;

/// <summary>Reads a tar stream of blobs and hands each to the push. Memory is bounded by what the receiver gathers.</summary>
/// <param name="refuse">Asked of each blob and its size before a byte of it is read; null takes whatever comes.</param>
public sealed class TarUpload(PipeReader body, BlobReceiver receiver, Func<BlobHash, long, HutchError?>? refuse = null)
{
    private const int MaxExtensionBytes = 64 << 10;

    /// <summary>Programs pad the end with zeros, to a few blocks.</summary>
    private const int MaxTrailingBytes = 1 << 20;

    private readonly byte[] _block = new byte[UstarHeader.BlockBytes];

    /// <summary>Reads to the end mark. Blobs before a refusal are kept.</summary>
    public async Task<Result<Done>> RunAsync(CancellationToken ct)
    {
        (string? Path, long? Size) extension = default;
        while (true)
        {
            await FillAsync(_block, ct);
            if (!TarHeader.Parse(_block).TryGet(out TarHeader header, out HutchError? refusal))
            {
                return refusal;
            }

            switch (header.Kind)
            {
                case TarMemberKind.End:
                    return await DrainAsync(ct);
                case TarMemberKind.Extension:
                    Result<(string? Path, long? Size)> read = await ReadExtensionAsync(header.Size, ct);
                    if (!read.IsOk)
                    {
                        return read.Error;
                    }

                    extension = read.Value;
                    break;
                default:
                    Result<Done> taken = await ReceiveAsync(extension.Path ?? header.Name, extension.Size ?? header.Size, ct);
                    if (!taken.IsOk)
                    {
                        return taken;
                    }

                    extension = default;
                    break;
            }
        }
    }

    private async ValueTask<Result<Done>> ReceiveAsync(string name, long size, CancellationToken ct)
    {
        Result<BlobHash> hash = TarHeader.ParseBlobName(name);
        if (!hash.IsOk)
        {
            return hash.Error;
        }

        if (refuse?.Invoke(hash.Value, size) is { } refusal)
        {
            return refusal;
        }

        Result<Done> added = await receiver.ReceiveAsync(hash.Value, size, body, ct);
        await FillAsync(_block.AsMemory(0, UstarHeader.PaddingAfter(size)), ct);
        return added;
    }

    private async Task<Result<(string? Path, long? Size)>> ReadExtensionAsync(long size, CancellationToken ct)
    {
        if (size > MaxExtensionBytes)
        {
            return ErrorCode.TooLarge.With($"A pax header of the stream has {size} bytes; the limit is {MaxExtensionBytes}.");
        }

        var records = new byte[size];
        await FillAsync(records, ct);
        await FillAsync(_block.AsMemory(0, UstarHeader.PaddingAfter(size)), ct);
        return TarHeader.ParseExtension(records);
    }

    private async ValueTask FillAsync(Memory<byte> destination, CancellationToken ct)
    {
        while (!destination.IsEmpty)
        {
            ReadResult read = await receiver.WaitAsync(body.ReadAsync(ct));
            ReadOnlySequence<byte> part = read.Buffer.Slice(0, Math.Min(read.Buffer.Length, destination.Length));
            part.CopyTo(destination.Span);
            destination = destination[(int)part.Length..];
            body.AdvanceTo(part.End);
            if (read.IsCompleted && part.Length == read.Buffer.Length && !destination.IsEmpty)
            {
                throw BlobReceiver.CutShort();
            }
        }
    }

    private async Task<Result<Done>> DrainAsync(CancellationToken ct)
    {
        long left = MaxTrailingBytes;
        while (left > 0)
        {
            ReadResult read = await receiver.WaitAsync(body.ReadAsync(ct));
            left -= read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return Done.Value;
            }
        }

        return ErrorCode.BadRequest.With("The stream of files continues after its end mark. The files before it were kept.");
    }
}
