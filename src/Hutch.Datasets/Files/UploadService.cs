using System.IO.Pipelines;
using Hutch.Site.Write.Entries;
using Hutch.Site.Write.Uploads;

namespace Hutch.Datasets.Files;

/// <summary>Uploads files in parts, for callers with the right to write.</summary>
public sealed class UploadService(Reauthorizer reauthorizer, Authorizer authorizer, PartUploads uploads, TimeProvider time)
{
    public async Task<Result<SiteUpload>> StartAsync(
        Caller caller, DatasetId dataset, DatasetPath path, Entry attributes, string? checksum, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.EntryWrite, path, ct);
        Result<Done> valid = access.IsOk ? EntryRules.CheckNew(path, attributes) : access.Error;
        return valid.IsOk ? await uploads.StartAsync(dataset, path, attributes, checksum, caller.Name, ct) : valid.Error;
    }

    /// <summary>An upload in progress; its dataset and path must be those that the caller names.</summary>
    public async Task<Result<SiteUpload>> FindAsync(Caller caller, DatasetId dataset, DatasetPath path, Guid upload, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.EntryWrite, path, ct);
        if (!access.IsOk)
        {
            return access.Error;
        }

        Result<SiteUpload> found = await uploads.FindAsync(upload, ct);
        return !found.IsOk || (found.Value.Dataset == dataset && found.Value.Path == path)
            ? found
            : ErrorCode.NotFound.With($"There is no upload {upload:N} for {Display.Quote(path.Value)}.");
    }

    /// <summary>The uploads into a dataset, in the order of path and id, after those given.</summary>
    public async Task<Result<IReadOnlyList<SiteUpload>>> ListAsync(
        Caller caller, DatasetId dataset, string afterPath, string afterId, int limit, CancellationToken ct)
    {
        Result<Access> access = await authorizer.AuthorizeAsync(caller, dataset, Operation.EntryWrite, ct);
        return access.IsOk
            ? Result<IReadOnlyList<SiteUpload>>.Ok(await uploads.ListAsync(dataset, afterPath, afterId, limit, ct))
            : access.Error;
    }

    /// <summary>The parts that have come. Only for an upload that the caller has found.</summary>
    public ValueTask<IReadOnlyList<SiteUploadPart>> PartsAsync(SiteUpload upload, int after, int limit, CancellationToken ct) =>
        uploads.PartsAsync(upload, after, limit, ct);

    /// <summary>Takes in a part. Only for an upload that the caller has found. Returns after it is durable.</summary>
    public Task<Result<SiteUploadPart>> PutPartAsync(
        Caller caller, SiteUpload upload, int number, PipeReader body, long? length, Func<Result<string?>> complete, CancellationToken ct)
    {
        return uploads.PutPartAsync(
            upload,
            number,
            body,
            length,
            async () =>
            {
                Result<string?> checksum = complete();
                return checksum.IsOk && await reauthorizer.CheckAsync(caller, upload.Dataset, ct) is { } lost ? lost : checksum;
            },
            ct);
    }

    /// <summary>Takes in a part from what the caller has opened for reading; <paramref name="follow"/> sees the bytes go by.</summary>
    public async Task<Result<SiteUploadPart>> CopyPartAsync(
        Caller caller, SiteUpload upload, int number, (IEntryContent Content, long Offset, long Length) source,
        Func<PipeReader, PipeReader> follow, Func<Result<string?>> complete, CancellationToken ct)
    {
        await using var copy = new ContentPipe(source.Content, source.Offset, source.Length, ct);
        return await PutPartAsync(caller, upload, number, follow(copy.Reader), source.Length, complete, ct);
    }

    /// <summary>Puts the file that the parts make. Only for an upload that the caller has found.</summary>
    public Task<Result<Entry>> CompleteAsync(
        Caller caller, SiteUpload upload, IReadOnlyList<SiteUploadPart> parts,
        Func<BlobHash, Entry> attributes, EntryCondition condition, CancellationToken ct)
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds() * Entry.NanosecondsPerMillisecond;
        Entry Timed(BlobHash hash) => attributes(hash) with { ModifiedNanoseconds = now };
        Result<Done> valid = EntryRules.Check(Timed(default));
        return valid.IsOk
            ? uploads.CompleteAsync(upload, parts, Timed, condition, () => reauthorizer.CheckAsync(caller, upload.Dataset, ct), ct)
            : Task.FromResult<Result<Entry>>(valid.Error);
    }

    /// <summary>Gives an upload up. Only for one that the caller has found.</summary>
    public Task<Result<Done>> AbortAsync(SiteUpload upload, CancellationToken ct)
    {
        return uploads.AbortAsync(upload.Id, ct);
    }
}
