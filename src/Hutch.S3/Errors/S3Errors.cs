using Hutch.Doors.Requests;
using Microsoft.AspNetCore.Connections;

namespace Hutch.S3.Errors;

/// <summary>From refusals of Hutch to those of S3: the one place where they are translated.</summary>
internal static class S3Errors
{
    private static readonly Dictionary<ErrorCode, S3ErrorCode> Codes = new()
    {
        [ErrorCode.Recalling] = S3ErrorCode.InvalidObjectState,
        [ErrorCode.Evicted] = S3ErrorCode.InvalidObjectState,
        [ErrorCode.BadRequest] = S3ErrorCode.InvalidRequest,
        [ErrorCode.InvalidPath] = S3ErrorCode.InvalidArgument,
        [ErrorCode.InvalidName] = S3ErrorCode.InvalidBucketName,
        [ErrorCode.InvalidBody] = S3ErrorCode.InvalidArgument,
        [ErrorCode.DigestMismatch] = S3ErrorCode.BadDigest,
        [ErrorCode.Unauthenticated] = S3ErrorCode.AccessDenied,
        [ErrorCode.Forbidden] = S3ErrorCode.AccessDenied,
        [ErrorCode.ScopeMissing] = S3ErrorCode.AccessDenied,
        [ErrorCode.NarrowedKey] = S3ErrorCode.AccessDenied,
        [ErrorCode.AlreadyExists] = S3ErrorCode.BucketAlreadyExists,
        [ErrorCode.DatasetClosed] = S3ErrorCode.AccessDenied,
        [ErrorCode.FolderDataset] = S3ErrorCode.AccessDenied,
        [ErrorCode.DatasetOpen] = S3ErrorCode.OperationAborted,
        [ErrorCode.Conflict] = S3ErrorCode.OperationAborted,
        [ErrorCode.PathConflict] = S3ErrorCode.InvalidRequest,
        [ErrorCode.PreconditionFailed] = S3ErrorCode.PreconditionFailed,
        [ErrorCode.TooLarge] = S3ErrorCode.EntityTooLarge,
        [ErrorCode.RangeNotSatisfiable] = S3ErrorCode.InvalidRange,
        [ErrorCode.BlobNotNameable] = S3ErrorCode.AccessDenied,
        [ErrorCode.Unprocessable] = S3ErrorCode.InvalidRequest,
        [ErrorCode.TooManyRequests] = S3ErrorCode.SlowDown,
        [ErrorCode.Quarantined] = S3ErrorCode.ServiceUnavailable,
        [ErrorCode.OutcomeUnknown] = S3ErrorCode.ServiceUnavailable,
        [ErrorCode.Unavailable] = S3ErrorCode.ServiceUnavailable,
        [ErrorCode.InsufficientStorage] = S3ErrorCode.InsufficientStorage,
    };

    public static S3Exception OfBucket(HutchError error) => From(error, S3ErrorCode.NoSuchBucket);

    public static S3Exception OfKey(HutchError error) => From(error, S3ErrorCode.NoSuchKey);

    public static S3Exception OfUpload(HutchError error) => From(error, S3ErrorCode.NoSuchUpload);

    /// <summary>
    /// Maps a refused signature. Clients sign again for the region in the answer, unless the address was presigned: they know the words.
    /// </summary>
    public static S3Exception OfSignature(HutchError error, bool isPresigned) =>
        error.Details?.GetValueOrDefault(S3Authenticator.RegionDetail) is not { } region ? OfBucket(error)
        : new S3Exception((isPresigned
            ? new S3Error(
                S3ErrorCode.AuthorizationQueryParametersError, $"Error parsing the X-Amz-Credential parameter; {error.Message}")
            : new S3Error(S3ErrorCode.AuthorizationHeaderMalformed, $"The authorization header is malformed; {error.Message}")) with
        {
            Region = region,
        });

    /// <summary>Maps an exception to the client's error; <paramref name="isFault"/> is true if it is the server's fault.</summary>
    public static S3Error ToError(Exception e, out bool isFault)
    {
        isFault = false;
        switch (e)
        {
            case S3Exception refusal:
                return refusal.Error;
            case HutchException refusal when refusal.Error.Details?.ContainsKey(IdleTimeoutBody.TimeoutDetail) == true:
                return TooSlow(refusal.Error.Message);
            case HutchException refusal:
                return OfKey(refusal.Error).Error;
            case BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout }:
                return TooSlow("The body arrived too slowly.");
            case BadHttpRequestException bad:
                return new S3Error(S3ErrorCode.InvalidRequest, bad.Message);
            case ConnectionResetException:
                return new S3Error(S3ErrorCode.IncompleteBody, "The connection closed before the whole body arrived. Nothing was stored.");
            default:
                isFault = true;
                return new S3Error(S3ErrorCode.InternalError, Problems.Unexpected);
        }
    }

    /// <summary>As AWS says it; clients send such a request again.</summary>
    private static S3Error TooSlow(string what) => new(
        S3ErrorCode.RequestTimeout,
        "Your socket connection to the server was not read from or written to within the timeout period. " + what + " Nothing was stored.");

    private static S3Exception From(HutchError error, S3ErrorCode notFound)
    {
        S3ErrorCode code = CodeOf(error, notFound);

        // S3 has no field for advice: where the advice holds at this door too, it is part of the message.
        bool isSaid = error.Code == ErrorCode.DatasetClosed || error.Code == ErrorCode.FolderDataset
            || error.Code == ErrorCode.InsufficientStorage || error.Code == ErrorCode.Evicted;
        return code.With(isSaid ? $"{error.Message} {error.Code.Advice}" : error.Message);
    }

    private static S3ErrorCode CodeOf(HutchError error, S3ErrorCode notFound)
    {
        if (error.Code == ErrorCode.InTrash)
        {
            return S3ErrorCode.NoSuchBucket;
        }

        if (error.Code == ErrorCode.NotFound || error.Code == ErrorCode.Gone)
        {
            return notFound;
        }

        if (error.Details?.ContainsKey(EntryCondition.MissingDetail) == true)
        {
            return S3ErrorCode.NoSuchKey;
        }

        if (error.Details?.GetValueOrDefault(S3Authenticator.ReasonDetail) is { } reason && error.Code == ErrorCode.Unauthenticated)
        {
            return reason == S3Authenticator.UnknownKey ? S3ErrorCode.InvalidAccessKeyId : S3ErrorCode.SignatureDoesNotMatch;
        }

        return error.Code.Status == ErrorCode.InsufficientStorage.Status
            ? S3ErrorCode.InsufficientStorage
            : Codes.GetValueOrDefault(error.Code, S3ErrorCode.InternalError);
    }
}
