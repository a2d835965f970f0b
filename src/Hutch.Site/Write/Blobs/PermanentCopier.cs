using Hutch.Site.Write.Committing;

namespace Hutch.Site.Write.Blobs;

/// <summary>Copies blobs from the lanes that expire to those that last.</summary>
/// <remarks>Thread-safe. The caller keeps the collector from the copy until a record names it.</remarks>
public sealed class PermanentCopier(Committer committer, BlobStore blobs, BlobIntake intake)
{
    /// <summary>Copies a blob, unless it lasts already. Durable when it answers.</summary>
    public async Task<Result<CopiedTotals>> MakeAsync(BlobHash hash, CancellationToken ct)
    {
        if (await blobs.IsStoredForAsync(hash, Lane.Main, ct))
        {
            return CopiedTotals.Nothing;
        }

        try
        {
            if (await blobs.FindAsync(hash, ct) is not { } content)
            {
                return CopiedTotals.OneMissing;
            }

            await using var bytes = new ContentPipe(content, 0, content.Size, ct);
            Result<ReceivedBlob> received = await intake.ReceiveAsync(bytes.Reader, content.Size, Lane.Main, ct);
            if (!received.IsOk)
            {
                return received.Error;
            }

            using ReceivedBlob blob = received.Value;
            if (blob.Hash != hash)
            {
                return CopiedTotals.OneMissing;
            }

            Result<Done> stored = await committer.CommitAsync<Done>(
                context =>
                {
                    if (blob.Assembled is { } assembled)
                    {
                        context.Emit(assembled);
                    }

                    return Done.Value;
                },
                blob.Members,
                ct);
            return stored.Then<CopiedTotals>(_ => new CopiedTotals(1, content.Size, 0));
        }
        catch (HutchException e) when (e.Error.Code == ErrorCode.Quarantined || e.Error.Code == ErrorCode.Gone)
        {
            return CopiedTotals.OneMissing;
        }
    }
}
