using Hutch.Datasets.Replication.Sites;
using Hutch.S3.Bodies;
using Hutch.S3.Checksums;
using Hutch.S3.Errors;
using Hutch.S3.Forms;
using Hutch.S3.Http;
using Hutch.S3.Observation;
using Hutch.S3.Signing;

namespace Hutch.S3.Requests;

/// <summary>One request, as operations read it: its caller and target, and the body without its framing.</summary>
internal sealed class S3Request : IDisposable
{
    private const string DecodedLengthHeader = "x-amz-decoded-content-length";

    private readonly RequestTally _tally;
    private readonly RequestSignature? _signature;
    private readonly ReadOnlyMemory<byte> _signingKey;
    private S3Body? _body;
    private IdleTimeoutBody? _patient;
    private ChunkFraming? _framing;

    public S3Request(
        HttpContext http,
        S3Target target,
        S3Context s3,
        RequestTally tally,
        Caller caller,
        RequestSignature? signature,
        ReadOnlyMemory<byte> signingKey)
    {
        _tally = tally;
        Http = http;
        Target = target;
        S3 = s3;
        Reader = s3.Reading.Own;
        Caller = caller;
        _signature = signature;
        _signingKey = signingKey;
    }

    public HttpContext Http { get; }

    public S3Target Target { get; }

    public S3Context S3 { get; }

    /// <summary>Reads datasets: those of this site until <see cref="ReadFromAsync"/>, then the bucket of the request where it is.</summary>
    public DatasetReader Reader { get; private set; }

    public Caller Caller { get; }

    /// <summary>Ends when the client goes away.</summary>
    public CancellationToken Aborted => Http.RequestAborted;

    public S3Query Query => Target.Query;

    /// <summary>The bucket; only for operations on one.</summary>
    public string Bucket => Target.Bucket ?? throw new InvalidOperationException("This operation has no bucket.");

    /// <summary>The key; only for operations on one.</summary>
    public string Key => Target.Key ?? throw new InvalidOperationException("This operation has no key.");

    /// <summary>True if the request is signed; unsigned requests may not choose the headers of the answer.</summary>
    public bool IsSigned => _signature is not null;

    /// <summary>True if only headers are requested.</summary>
    public bool IsHead => HttpMethods.IsHead(Http.Request.Method);

    public bool IsReading => IsHead || HttpMethods.IsGet(Http.Request.Method);

    /// <summary>The HTML form of an upload by one; null for other requests.</summary>
    public FormUpload? Form { get; init; }

    /// <summary>Bytes of the body that were read, without its framing.</summary>
    public long Received => _body?.Consumed ?? 0;

    /// <summary>The client's statements about the body; read when it is opened.</summary>
    public BodyChecks? Checks { get; private set; }

    /// <summary>Bytes of the body without its framing; null when that was not said.</summary>
    public long? BodyLength
    {
        get
        {
            if (Form is not null)
            {
                return null;
            }

            if (!BodyChecks.IsStreaming(Payload))
            {
                return Http.Request.ContentLength;
            }

            return long.TryParse(Header(DecodedLengthHeader), out long length) && length >= 0
                ? length
                : throw S3ErrorCode.MissingContentLength.With($"A chunked body needs the header {DecodedLengthHeader}.");
        }
    }

    private string? Payload => _signature?.Payload ?? Header("x-amz-content-sha256");

    /// <summary>A header; null when it is absent or empty.</summary>
    public string? Header(string name) =>
        Http.Request.Headers.TryGetValue(name, out var values) && values.ToString() is { Length: > 0 } value ? value : null;

    /// <summary>The key as a path; a key that no file system could hold is refused.</summary>
    public DatasetPath Path() => Paths.Parse(Key);

    /// <param name="isAboutObject">Whether a checksum in the headers is that of an object, and not of the document.</param>
    public S3Body OpenDocument(bool isAboutObject) => OpenBody(isAboutObject
        ? BodyChecks.ReadOfDocument(Http.Request.Headers, Payload)
        : BodyChecks.Read(Http.Request.Headers, Payload));

    /// <summary>The bytes of an object or part, which must not exceed the limit of one PUT.</summary>
    public (PipeReader Body, long? Length) OpenLimitedBody(ChecksumAlgorithm? checksum = null)
    {
        long? length = BodyLength;
        return length > S3.Options.MaxPutBytes
            ? throw S3ErrorCode.EntityTooLarge.With(
                $"{length} bytes exceed {S3.Options.MaxPutBytes}, the limit for one request. Use a multipart upload.")
            : (OpenBody(BodyChecks.Read(Http.Request.Headers, Payload, checksum, S3.Options.Md5ETags)), length);
    }

    /// <summary>Finds the source from which the bucket is read, and uses its reader from now on.</summary>
    public async ValueTask ReadFromAsync(BucketVersion bucket, CancellationToken ct)
    {
        Result<ReadRoute> found = await S3.Reading.Router.FindAsync(Caller, bucket.Dataset, bucket.At, ct);
        if (!found.TryGet(out ReadRoute? route, out HutchError? refusal))
        {
            throw S3Errors.OfBucket(refusal);
        }

        Http.Response.Headers.Age = route.AgeHeader;
        Reader = route.Reader;
    }

    /// <summary>Counts bytes of an object that went out.</summary>
    public void RecordSent(long bytes) => _tally.Sent += bytes;

    public void Dispose()
    {
        _tally.Received = Received;
        _patient?.Release();
        _framing?.Dispose();
        Checks?.Dispose();
    }

    private S3Body OpenBody(BodyChecks checks)
    {
        string? payload = Payload;
        Checks = checks;
        if (Form is not null)
        {
            _body = new S3Body(Form.File, Checks, framing: null, Form.MaxBytes(S3.Options.MaxPutBytes));
            return _body;
        }

        _patient = new IdleTimeoutBody(Http.Request.BodyReader, TimeSpan.FromSeconds(S3.Options.BodyIdleSeconds), S3.Time);
        _framing = BodyChecks.IsStreaming(payload) ? OpenFraming(payload!) : null;
        _body = new S3Body(_patient, Checks, _framing, S3.Options.MaxPutBytes);
        return _body;
    }

    private ChunkFraming OpenFraming(string payload)
    {
        bool isSigned = payload != SigV4.UnsignedChunksWithTrailer;
        if (isSigned && _signature?.Scope is null)
        {
            throw S3ErrorCode.AccessDenied.With("Signed chunks need a signed request.");
        }

        ChunkSignatures? signatures = isSigned
            ? new ChunkSignatures(_signingKey, _signature!.Time, _signature.Scope!.Scope, _signature.Signature)
            : null;
        return new ChunkFraming(BodyLength!.Value, Checks!, signatures, hasTrailer: payload != SigV4.SignedChunks);
    }
}
