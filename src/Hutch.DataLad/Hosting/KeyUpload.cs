using System.IO.Pipelines;
using Hutch.DataLad.Annex;
using Hutch.DataLad.Store;
using Hutch.Model.Records;
using Hutch.Site.Write.Blobs;
using Microsoft.Net.Http.Headers;

namespace Hutch.DataLad.Hosting;

/// <summary>Takes in the content of a key of git-annex. A key that comes again costs nothing but its bytes on the way.</summary>
internal sealed class KeyUpload(GitContext git, HttpContext http, Caller caller)
{
    private const int ReadBytes = 256 << 10;

    private const string OffsetHeader = "Hutch-Offset";

    public async Task AnswerAsync(DatasetId id, string name, bool alsoMd5, CancellationToken ct)
    {
        KeyName key = KeyName.Parse(name)
            ?? throw ErrorCode.BadRequest.With($"{Display.Quote(name)} is not a key of git-annex.").ToException();
        if (http.Request.Headers.ContentRange is { Count: > 0 } part)
        {
            // A range that is not understood must not be taken for the whole (RFC 9110, 14.5).
            await (ContentRangeHeaderValue.TryParse(part.ToString(), out ContentRangeHeaderValue? range)
                ? ContinueAsync(id, key, range, alsoMd5, ct)
                : throw NoSuchRange().ToException());
            return;
        }

        if (http.Request.ContentLength is long length && key.Size is long size && length != size)
        {
            throw ErrorCode.Unprocessable.With($"The key {Display.Quote(name)} says {size} bytes, and {length} were announced.")
                .ToException();
        }

        using KeyDigest digest = KeyDigest.Compute(key, alsoMd5).Value;
        var content = PipeReader.Create(
            new CheckedStream(http.Request.Body, digest), new StreamPipeReaderOptions(bufferSize: ReadBytes, leaveOpen: true));
        long? bytes = http.Request.ContentLength ?? key.Size;
        _ = (await git.Services.Repositories.KeyIntake.StoreKeysAsync(caller, id, content, bytes, digest.Finish, ct)).Value;
        await TextAnswer.SendAsync(http, $"{name} is here.\n", ct);
    }

    /// <summary>
    /// One part of a large key: <c>Content-Range: bytes 100-199/200</c> continues at byte 100, and <c>bytes */200</c> requests the
    /// next offset. The answer is 200 when all bytes have come, otherwise 202 with the next byte in <c>Hutch-Offset</c>.
    /// </summary>
    private async Task ContinueAsync(DatasetId id, KeyName key, ContentRangeHeaderValue range, bool alsoMd5, CancellationToken ct)
    {
        if (range.Unit != "bytes" || range.Length is not long size || size != (key.Size ?? size) || KeyDigest.FindRefusal(key) is not null)
        {
            throw (KeyDigest.FindRefusal(key) ?? NoSuchRange()).ToException();
        }

        var wanted = new RequestedKey(key.Name, key.Sha256, size);
        long reached = range.From is null
            ? (await git.Services.Repositories.KeyUploads.FindOffsetAsync(caller, id, wanted, size, ct)).Value
            : 0;
        if (range.From is not null || reached == size)
        {
            var body = PipeReader.Create(http.Request.Body, new StreamPipeReaderOptions(bufferSize: ReadBytes, leaveOpen: true));
            var part = new KeyPart(
                wanted, size, range.From ?? reached, body, (content, hash, token) => CheckAsync(key, alsoMd5, content, hash, token));
            reached = (await git.Services.Repositories.KeyUploads.ContinueAsync(caller, id, part, git.Stopping, ct)).Value;

            // What comes again is not looked at, but a client may read no answer before it has sent all.
            await http.Request.Body.CopyToAsync(Stream.Null, ct);
        }

        if (reached == size)
        {
            await git.Promise.ExtendAsync(id, [key.Name], ct);
        }

        http.Response.Headers[OffsetHeader] = reached.ToString(CultureInfo.InvariantCulture);
        await (reached < size
            ? TextAnswer.SendAsync(http, StatusCodes.Status202Accepted, $"{reached} of {size} bytes of {key.Text} are here.\n", ct)
            : TextAnswer.SendAsync(http, $"{key.Text} is here.\n", ct));
    }

    private static HutchError NoSuchRange() => ErrorCode.BadRequest.With(
        "Content-Range must be bytes FIRST-LAST/SIZE, or bytes */SIZE to ask where to continue, with the size that the key says.");

    /// <summary>Reads the content back where the key is not the SHA-256 that was made while it came.</summary>
    private static async Task<Result<IReadOnlyList<StoredKey>>> CheckAsync(
        KeyName key, bool alsoMd5, BlobContent content, BlobHash hash, CancellationToken ct)
    {
        using KeyDigest digest = KeyDigest.Compute(key, alsoMd5).Value;
        if (digest.IsToBeFed)
        {
            var pipe = PipeWriter.Create(new AppendStream(digest.Append));
            await content.CopyToAsync(pipe, 0, content.Size, ct);
            await pipe.CompleteAsync();
        }

        return digest.Finish(hash, content.Size);
    }
}
