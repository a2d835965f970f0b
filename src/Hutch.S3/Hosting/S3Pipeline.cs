using Hutch.Doors.Requests;
using Hutch.S3.Errors;
using Hutch.S3.Forms;
using Hutch.S3.Http;
using Hutch.S3.Observation;
using Hutch.S3.Operations;
using Hutch.S3.Requests;
using Hutch.S3.Signing;
using Hutch.S3.Xml;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Hutch.S3.Hosting;

/// <summary>The requests of the S3 door: their buckets and objects, signers and operations, errors as XML.</summary>
internal sealed partial class S3Pipeline(S3Context s3, S3Metrics metrics, ILogger<S3Pipeline> logger)
    : RequestPipeline<S3Exchange, S3Error>(s3.Access.View, logger)
{
    private const string SessionTokenName = "X-Amz-Security-Token";

    private readonly OperationTable _operations = OperationTable.Create();

    protected override S3Exchange Begin(HttpContext http)
    {
        http.Response.Headers["x-amz-request-id"] = http.TraceIdentifier;
        http.Response.Headers.XContentTypeOptions = "nosniff";
        if (Waits(http) && http.Request.ContentLength == 0)
        {
            // There is no body for which to say "100 Continue". Clients that wait for it take the answer for it, and some (botocore) then
            // send no body in their next request on the same connection.
            http.Response.Headers.Connection = "close";
        }

        return new S3Exchange { Start = s3.Time.GetTimestamp() };
    }

    protected override void ReadTarget(HttpContext http, S3Exchange exchange)
    {
        string raw = http.Features.Get<IHttpRequestFeature>()!.RawTarget;
        exchange.Target = S3Target.Parse(raw, http.Request.Headers.Host, s3.Options.Domains);
        if (s3.Options.SignatureV2)
        {
            SignatureVersion2.TakeHeaders(exchange.Target.Query, http.Request.Headers);
        }

        exchange.Handler = _operations.Find(http.Request.Method, exchange.Target, http.Request.Headers);
        exchange.Operation = exchange.Handler.Name;
    }

    // Only an immutable object may be read.
    protected override bool MayUseRememberedRights(HttpContext http, S3Exchange exchange) =>
        s3.Authorizer.RemembersRights && exchange.Handler.IsRead;

    protected override async ValueTask<Result<Caller>> FindCallerAsync(HttpContext http, S3Exchange exchange)
    {
        if (exchange.Handler.IsPreflight)
        {
            return Caller.Anonymous;
        }

        try
        {
            if (exchange.Handler.IsForm)
            {
                exchange.Form = await FormUpload.OpenAsync(http, s3.Options, s3.Time, exchange.Target!.Bucket!);
                exchange.Target = exchange.Target with { Key = exchange.Form.Key };
            }

            exchange.Signature = exchange.Form is { } form
                ? form.Signature(s3.Options.SignatureV2, s3.Signers.Now)
                : RequestSignature.Read(
                    http.Request.Method, exchange.Target!, http.Request.Headers, s3.Signers.Now, s3.Options.SignatureV2);
            if (exchange.Signature is not { } signature)
            {
                exchange.Form?.TakeHeaders(http.Request.Headers);
                return Caller.Anonymous;
            }

            S3Proof proof = signature.ToProof(signature.Host is { } host && S3Hosts.Contains(s3.Options, host)) with
            {
                SessionToken = FindSessionToken(http, exchange),
                IsPresigned = signature.IsPresigned || exchange.Form is not null,
            };
            Result<S3Signer> found = await s3.Signers.AuthenticateAsync(proof, http.Connection.RemoteIpAddress, http.RequestAborted);
            if (!found.TryGet(out S3Signer? signer, out HutchError? refusal))
            {
                throw S3Errors.OfSignature(refusal, signature.IsPresigned);
            }

            exchange.SigningKey = signer.SigningKey;
            exchange.Form?.TakeHeaders(http.Request.Headers);
            return signer.Caller;
        }
        catch (S3Exception)
        {
            // Without the headers for its origin, a page in a browser does not see why it was refused.
            using var refused = new S3Request(http, exchange.Target!, s3, exchange, Caller.Anonymous, null, default);
            await Cors.AddHeadersAsync(refused);
            throw;
        }
    }

    /// <summary>The session token in the header or, of a presigned address, in the query; null for none.</summary>
    private static string? FindSessionToken(HttpContext http, S3Exchange exchange) =>
        http.Request.Headers[SessionTokenName].ToString() is { Length: > 0 } header
            ? header
            : exchange.Target!.Query.Find(SessionTokenName);

    protected override IDisposable? Enter(HttpContext http, S3Exchange exchange, Caller caller) =>
        exchange.Handler.IsPreflight ? null : BeginScope(s3.Requests, http, caller, "s3", exchange.Operation);

    protected override async Task RunAsync(HttpContext http, S3Exchange exchange, Caller caller)
    {
        using var request = new S3Request(http, exchange.Target!, s3, exchange, caller, exchange.Signature, exchange.SigningKey)
        {
            Form = exchange.Form,
        };
        if (!exchange.Handler.IsPreflight)
        {
            await Cors.AddHeadersAsync(request);
        }

        await exchange.Handler.RunAsync(request);
    }

    protected override S3Error ToError(HttpContext http, S3Exchange exchange, Exception exception, out bool isFault)
    {
        S3Error error = S3Errors.ToError(exception, out isFault);
        exchange.Code = error.Code.Name;
        return error;
    }

    protected override Task WriteErrorAsync(HttpContext http, S3Exchange exchange, S3Error refusal)
    {
        if (Waits(http) || refusal.Code == S3ErrorCode.RequestTimeout)
        {
            // The body, or the rest of it, may still come: nothing can be asked on this connection any more.
            http.Response.Headers.Connection = "close";
        }

        return ErrorAnswer.SendAsync(http, refusal, exchange.Target);
    }

    protected override void Finish(HttpContext http, S3Exchange exchange, bool isGone)
    {
        exchange.Code = isGone ? RequestTally.Gone : exchange.Code;
        metrics.Count(exchange, s3.Time.GetElapsedTime(exchange.Start));
        LogRequest(
            Logger, http.Request.Method, exchange.Target?.Bucket, exchange.Target?.Key, http.Response.StatusCode, http.TraceIdentifier);
    }

    protected override void LogFault(HttpContext http, S3Exchange exchange, Exception exception) =>
        LogFault(
            Logger, http.Request.Method, Display.Quote(exchange.Target?.Bucket), Display.Quote(exchange.Target?.Key), http.TraceIdentifier,
            exception);

    private static bool Waits(HttpContext http) => http.Request.Headers.Expect.Count > 0;

    [LoggerMessage(EventId = 2001, Level = LogLevel.Debug, Message = "{Method} {Bucket} {Key} answered {Status} ({RequestId})")]
    private static partial void LogRequest(ILogger logger, string method, string? bucket, string? key, int status, string requestId);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Error, Message = "{Method} {Bucket} {Key} failed ({RequestId})")]
    private static partial void LogFault(ILogger logger, string method, string? bucket, string? key, string requestId, Exception exception);
}
