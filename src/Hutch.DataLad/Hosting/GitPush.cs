using System.IO.Compression;
using Hutch.DataLad.Receiving;
using Hutch.DataLad.Synthesis;
using Hutch.Model;
using Hutch.Zone.Authorization;
using Microsoft.AspNetCore.Http;

namespace Hutch.DataLad.Hosting;

/// <summary>The two requests of a push of git.</summary>
internal sealed class GitPush(GitContext git, HttpContext http, Caller caller)
{
    /// <summary>git's name for it.</summary>
    public const string Service = "git-receive-pack";

    public async Task AdvertiseAsync(DatasetId id, CancellationToken ct)
    {
        Repository repository = await git.ReceivePack.PrepareAsync(caller, id, ct);
        Begin($"application/x-{Service}-advertisement");
        ReceivePack.Advertise(http.Response.BodyWriter, repository);
        await http.Response.BodyWriter.FlushAsync(ct);
    }

    /// <summary>Takes the push in. Refusals are told inside of git's own answer: of another one it shows the number only.</summary>
    public async Task AnswerAsync(DatasetId id, CancellationToken ct)
    {
        await using Stream? unpacked = http.Request.Headers.ContentEncoding.ToString() is "gzip" or "x-gzip"
            ? new GZipStream(http.Request.Body, CompressionMode.Decompress, leaveOpen: true)
            : null;
        Stream body = unpacked ?? http.Request.Body;
        PushRequest request = await PushRequest.ReadAsync(body, ct);
        Begin($"application/x-{Service}-result");
        if (request.Commands.Count == 0)
        {
            // git asks so whether it may, before it sends what is large.
            _ = (await git.Services.Repositories.FindWritableAsync(caller, id, ct)).Value;
            return;
        }

        PushReport report;
        try
        {
            report = await git.ReceivePack.ReceiveAsync(caller, id, request, body, ct);
        }
        catch (HutchException e) when (e.InnerException is null)
        {
            report = PushReport.OfRefusal(request, e.Error);
        }
        catch (InvalidDataException)
        {
            report = PushReport.OfRefusal(request, ErrorCode.BadRequest.With("The body is not valid gzip."));
        }

        report.Write(http.Response.BodyWriter, request.Capabilities);
        await http.Response.BodyWriter.FlushAsync(ct);
    }

    private void Begin(string type)
    {
        http.Response.ContentType = type;
        http.Response.Headers.CacheControl = "no-cache";
        http.Response.Headers.XContentTypeOptions = "nosniff";
    }
}
