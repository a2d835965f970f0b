using System.Buffers;
using System.IO.Pipelines;
using Hutch.Model;
using Hutch.Model.Tar;
using Hutch.Site.Pushes;

namespace Hutch.Api.Tar;

/// <summary>
/// Reads a tar stream of blobs from a request and hands each to the push. Memory is bounded by what the receiver gathers.
/// </summary>
internal sealed class TarUpload(PipeReader body, BlobReceiver receiver)
{
    private const int MaxExtensionBytes = 64 << 10;

    private readonly byte[] _block = new byte[UstarHeader.BlockBytes];

    /// <summary>Reads to the end mark. What came before a refusal is kept.</summary>
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
                    await DrainAsync(ct);
                    return Done.Value;
                case TarMemberKind.Extension:
                    Result<(string? Path, long? Size)> read = await ReadExtensionAsync(header.Size, ct);
                    if (!read.IsOk)
                    {
                        return read.Error;
                    }

                    extension = read.Value;
                    break;
                default:
                    Result<Done> taken = await TakeAsync(extension.Path ?? header.Name, extension.Size ?? header.Size, ct);
                    if (!taken.IsOk)
                    {
                        return taken;
                    }

                    extension = default;
                    break;
            }
        }
    }

    private async ValueTask<Result<Done>> TakeAsync(string name, long size, CancellationToken ct)
    {
        Result<BlobHash> hash = TarHeader.ParseBlobName(name);
        if (!hash.IsOk)
        {
            return hash.Error;
        }

        Result<Done> added;
        if (size <= BlobReceiver.MaxSmallBytes)
        {
            int came = await receiver.FillAsync(body, (int)size, ct);
            added = came == size
                ? receiver.Add(hash.Value, (int)size)
                : await receiver.AddRestAsync(hash.Value, (int)size, new SlicedBody(body, size - came), ct);
        }
        else
        {
            added = await receiver.AddLargeAsync(hash.Value, size, new SlicedBody(body, size), ct);
        }

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

    /// <summary>Programs pad the end with more zeros than two blocks.</summary>
    private async Task DrainAsync(CancellationToken ct)
    {
        while (true)
        {
            ReadResult read = await receiver.WaitAsync(body.ReadAsync(ct));
            body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }
}
