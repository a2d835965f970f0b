using System.IO.Pipelines;
using Hutch.DataLad.Annex;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Microsoft.AspNetCore.Http;

namespace Hutch.DataLad.Hosting;

/// <summary>Takes in the content of a key of git-annex. A key that comes again costs nothing but its bytes on the way.</summary>
internal sealed class KeyUpload(GitContext git, HttpContext http, Caller caller)
{
    private const int ReadBytes = 256 << 10;

    public async Task AnswerAsync(DatasetId id, string name, bool alsoMd5, CancellationToken ct)
    {
        KeyName key = KeyName.Parse(name)
            ?? throw ErrorCode.BadRequest.With($"{Display.Quote(name)} is not a key of git-annex.").ToException();
        if (http.Request.ContentLength is long length && key.Size is long size && length != size)
        {
            throw ErrorCode.Unprocessable.With($"The key {Display.Quote(name)} says {size} bytes, and {length} were announced.")
                .ToException();
        }

        using KeyDigest digest = KeyDigest.Of(key, alsoMd5).Value;
        var content = PipeReader.Create(
            new CheckedStream(http.Request.Body, digest), new StreamPipeReaderOptions(bufferSize: ReadBytes, leaveOpen: true));
        long? bytes = http.Request.ContentLength ?? key.Size;
        _ = (await git.Services.Repositories.HoldAsync(caller, id, content, bytes, digest.Finish, ct)).Value;
        await TextAnswer.SendAsync(http, $"{name} is here.\n", ct);
    }
}
