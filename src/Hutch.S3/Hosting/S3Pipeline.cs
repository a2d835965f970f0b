using Hutch.S3.Errors;
using Hutch.S3.Forms;
using Hutch.S3.Http;
using Hutch.S3.Observation;
using Hutch.S3.Operations;
using Hutch.S3.Requests;
using Hutch.S3.Signing;
using Hutch.S3.Xml;
using Hutch.Site.Platform.Fairness;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Operation = Hutch.S3.Operations.S3Operation;

namespace Hutch.S3.Hosting;

/// <summary>Runs every request: finds its bucket and object, its signer and its operation, and writes errors as XML.</summary>
internal sealed partial class S3Pipeline(S3Context s3, S3Metrics metrics, ILogger<S3Pipeline> logger)
{
    private readonly OperationTable _operations = OperationTable.Create();

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers["x-amz-request-id"] = http.TraceIdentifier;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        bool waits = http.Request.Headers.Expect.Count > 0;
        if (waits && http.Request.ContentLength == 0)
        {
            // There is no body for which to say "100 Continue". Clients that wait for it take the answer for it, and some (botocore) then
            // send no body in their next request on the same connection.
            http.Response.Headers.Connection = "close";
        }

        S3Target? target = null;
        var tally = new RequestTally();
        long start = s3.Time.GetTimestamp();
        try
        {
            if (BodyLength.IsSaidTwice(http.Request))
            {
                http.Response.Headers.Connection = "close";
                throw S3ErrorCode.InvalidRequest.With(BodyLength.SaidTwice);
            }

            string raw = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
            target = S3Target.Parse(raw, http.Request.Headers.Host, s3.Options.Domains);
            await AnswerAsync(http, target, tally);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // The client is gone.
            tally.Code = RequestTally.Gone;
        }
        catch (Exception e)
        {
            if (waits && !http.Response.HasStarted)
            {
                http.Response.Headers.Connection = "close";
            }

            await WriteErrorAsync(http, target, tally, e);
        }

        metrics.Count(tally, s3.Time.GetElapsedTime(start));
        LogRequest(logger, http.Request.Method, target?.Bucket, target?.Key, http.Response.StatusCode, http.TraceIdentifier);
    }

    private async Task AnswerAsync(HttpContext http, S3Target target, RequestTally tally)
    {
        if (s3.Options.SignatureV2)
        {
            SignatureVersion2.TakeHeaders(target.Query, http.Request.Headers);
        }

        Operation operation = _operations.Find(http.Request.Method, target, http.Request.Headers);
        tally.Operation = operation.Name;

        using IDisposable? moment = s3.Access.View.BeginRequest();

        // Before anything is looked up: also the rules for pages of other origins may have been changed at another server.
        bool isCurrent = await SyncViewAsync(operation, http.RequestAborted);
        if (operation.IsPreflight)
        {
            using var preflight = new S3Request(http, target, s3, tally, Caller.Anonymous, null, default);
            await operation.RunAsync(preflight);
            return;
        }

        FormUpload? form = null;
        RequestSignature? signature;
        (Caller Caller, ReadOnlyMemory<byte> SigningKey) signer;
        try
        {
            if (operation.IsForm)
            {
                form = await FormUpload.OpenAsync(http, s3.Options, s3.Time, target.Bucket!);
                target = target with { Key = form.Key };
            }

            signature = form is not null
                ? form.Signature(s3.Options.SignatureV2, s3.Signers.Now)
                : RequestSignature.Read(http.Request.Method, target, http.Request.Headers, s3.Signers.Now, s3.Options.SignatureV2);
            signer = await AuthenticateAsync(http, signature);
        }
        catch (S3Exception)
        {
            // Without the headers for its origin, a page in a browser does not see why it was refused.
            using var refused = new S3Request(http, target, s3, tally, Caller.Anonymous, null, default);
            await Cors.AddHeadersAsync(refused);
            throw;
        }

        Caller caller = isCurrent ? signer.Caller : signer.Caller.AsRemembered();
        form?.TakeHeaders(http.Request.Headers);
        using var request = new S3Request(http, target, s3, tally, caller, signature, signer.SigningKey) { Form = form };
        await Cors.AddHeadersAsync(request);
        using IDisposable scope = s3.Requests.Begin(
            signer.Caller.Name, RequestClass.Interactive, "s3", operation.Name,
            signer.Caller.IsUser ? null : AttemptLimiter.AddressKey(http.Connection.RemoteIpAddress));
        await operation.RunAsync(request);
    }

    /// <summary>Returns true if the view is current. Without the database only an immutable object may be read.</summary>
    private async ValueTask<bool> SyncViewAsync(Operation operation, CancellationToken ct)
    {
        try
        {
            await s3.Access.View.SyncViewAsync(ct);
            return true;
        }
        catch (HutchException e) when (
            e.Error.Code == ErrorCode.Unavailable && s3.Authorizer.RemembersRights && operation.IsRead)
        {
            return false;
        }
    }

    private async ValueTask<(Caller Caller, ReadOnlyMemory<byte> SigningKey)> AuthenticateAsync(
        HttpContext http, RequestSignature? signature)
    {
        if (signature is null)
        {
            return (Caller.Anonymous, default);
        }

        S3Proof proof = signature.ToProof(signature.Host is { } host && S3Hosts.Contains(s3.Options, host));
        Result<S3Signer> signer = await s3.Signers.AuthenticateAsync(proof, http.Connection.RemoteIpAddress, http.RequestAborted);
        return signer.IsOk
            ? (signer.Value.Caller, signer.Value.SigningKey)
            : throw S3Errors.OfSignature(signer.Error, signature.IsPresigned);
    }

    private async Task WriteErrorAsync(HttpContext http, S3Target? target, RequestTally tally, Exception e)
    {
        S3Error error = S3Errors.ToError(e, out bool isFault);
        tally.Code = error.Code.Name;
        if (isFault)
        {
            LogFault(logger, http.Request.Method, Display.Quote(target?.Bucket), Display.Quote(target?.Key), http.TraceIdentifier, e);
        }

        if (http.Response.HasStarted)
        {
            // Half of an answer is out: cutting the connection is the only way to say that the rest does not come.
            http.Abort();
            return;
        }

        if (error.Code == S3ErrorCode.RequestTimeout)
        {
            // The rest of the body may still come: nothing can be asked on this connection any more.
            http.Response.Headers.Connection = "close";
        }

        await ErrorAnswer.SendAsync(http, error, target);
    }

    [LoggerMessage(EventId = 2001, Level = LogLevel.Debug, Message = "{Method} {Bucket} {Key} answered {Status} ({RequestId})")]
    private static partial void LogRequest(ILogger logger, string method, string? bucket, string? key, int status, string requestId);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "{Method} {Bucket} {Key} failed ({RequestId})")]
    private static partial void LogFault(ILogger logger, string method, string? bucket, string? key, string requestId, Exception exception);
}
