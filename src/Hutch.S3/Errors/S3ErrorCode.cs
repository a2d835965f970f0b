namespace Hutch.S3.Errors;

/// <summary>One error code of S3, with the HTTP status that goes with it. The names are AWS's: clients decide by them.</summary>
internal sealed record S3ErrorCode(string Name, int Status)
{
    public static readonly S3ErrorCode AccessDenied = new("AccessDenied", 403);
    public static readonly S3ErrorCode AuthorizationHeaderMalformed = new("AuthorizationHeaderMalformed", 400);
    public static readonly S3ErrorCode AuthorizationQueryParametersError = new("AuthorizationQueryParametersError", 400);
    public static readonly S3ErrorCode BadDigest = new("BadDigest", 400);
    public static readonly S3ErrorCode BucketAlreadyExists = new("BucketAlreadyExists", 409);
    public static readonly S3ErrorCode BucketAlreadyOwnedByYou = new("BucketAlreadyOwnedByYou", 409);
    public static readonly S3ErrorCode BucketNotEmpty = new("BucketNotEmpty", 409);
    public static readonly S3ErrorCode EntityTooLarge = new("EntityTooLarge", 400);
    public static readonly S3ErrorCode EntityTooSmall = new("EntityTooSmall", 400);
    public static readonly S3ErrorCode ExpiredToken = new("ExpiredToken", 400);
    public static readonly S3ErrorCode IncompleteBody = new("IncompleteBody", 400);
    public static readonly S3ErrorCode InsufficientStorage = new("InsufficientStorage", 507);
    public static readonly S3ErrorCode InternalError = new("InternalError", 500);
    public static readonly S3ErrorCode InvalidAccessKeyId = new("InvalidAccessKeyId", 403);
    public static readonly S3ErrorCode InvalidArgument = new("InvalidArgument", 400);
    public static readonly S3ErrorCode InvalidBucketName = new("InvalidBucketName", 400);
    public static readonly S3ErrorCode InvalidDigest = new("InvalidDigest", 400);
    public static readonly S3ErrorCode InvalidObjectState = new("InvalidObjectState", 403);
    public static readonly S3ErrorCode InvalidPart = new("InvalidPart", 400);
    public static readonly S3ErrorCode InvalidPartNumber = new("InvalidPartNumber", 416);
    public static readonly S3ErrorCode InvalidPartOrder = new("InvalidPartOrder", 400);
    public static readonly S3ErrorCode InvalidPolicyDocument = new("InvalidPolicyDocument", 400);
    public static readonly S3ErrorCode InvalidRange = new("InvalidRange", 416);
    public static readonly S3ErrorCode InvalidRequest = new("InvalidRequest", 400);
    public static readonly S3ErrorCode InvalidStorageClass = new("InvalidStorageClass", 400);
    public static readonly S3ErrorCode InvalidTag = new("InvalidTag", 400);
    public static readonly S3ErrorCode InvalidUri = new("InvalidURI", 400);
    public static readonly S3ErrorCode KeyTooLong = new("KeyTooLongError", 400);
    public static readonly S3ErrorCode MalformedPost = new("MalformedPOSTRequest", 400);
    public static readonly S3ErrorCode MalformedTrailer = new("MalformedTrailerError", 400);
    public static readonly S3ErrorCode MalformedXml = new("MalformedXML", 400);
    public static readonly S3ErrorCode MetadataTooLarge = new("MetadataTooLarge", 400);
    public static readonly S3ErrorCode MethodNotAllowed = new("MethodNotAllowed", 405);
    public static readonly S3ErrorCode MissingContentLength = new("MissingContentLength", 411);
    public static readonly S3ErrorCode NoSuchBucket = new("NoSuchBucket", 404);
    public static readonly S3ErrorCode NoSuchBucketPolicy = new("NoSuchBucketPolicy", 404);
    public static readonly S3ErrorCode NoSuchCorsConfiguration = new("NoSuchCORSConfiguration", 404);
    public static readonly S3ErrorCode NoSuchKey = new("NoSuchKey", 404);
    public static readonly S3ErrorCode NoSuchLifecycleConfiguration = new("NoSuchLifecycleConfiguration", 404);
    public static readonly S3ErrorCode NoSuchPublicAccessBlock = new("NoSuchPublicAccessBlockConfiguration", 404);
    public static readonly S3ErrorCode NoSuchTagSet = new("NoSuchTagSet", 404);
    public static readonly S3ErrorCode NoSuchUpload = new("NoSuchUpload", 404);
    public static readonly S3ErrorCode NoSuchVersion = new("NoSuchVersion", 404);
    public static readonly S3ErrorCode NoSuchWebsite = new("NoSuchWebsiteConfiguration", 404);
    public static readonly S3ErrorCode NotImplemented = new("NotImplemented", 501);
    public static readonly S3ErrorCode ObjectLockNotFound = new("ObjectLockConfigurationNotFoundError", 404);
    public static readonly S3ErrorCode OperationAborted = new("OperationAborted", 409);
    public static readonly S3ErrorCode OwnershipControlsNotFound = new("OwnershipControlsNotFoundError", 404);
    public static readonly S3ErrorCode PreconditionFailed = new("PreconditionFailed", 412);
    public static readonly S3ErrorCode ReplicationNotFound = new("ReplicationConfigurationNotFoundError", 404);
    public static readonly S3ErrorCode RequestTimeTooSkewed = new("RequestTimeTooSkewed", 403);
    public static readonly S3ErrorCode RequestTimeout = new("RequestTimeout", 400);
    public static readonly S3ErrorCode RestoreAlreadyInProgress = new("RestoreAlreadyInProgress", 409);
    public static readonly S3ErrorCode ServerSideEncryptionNotFound = new("ServerSideEncryptionConfigurationNotFoundError", 404);
    public static readonly S3ErrorCode ServiceUnavailable = new("ServiceUnavailable", 503);
    public static readonly S3ErrorCode SignatureDoesNotMatch = new("SignatureDoesNotMatch", 403);
    public static readonly S3ErrorCode SlowDown = new("SlowDown", 503);
    public static readonly S3ErrorCode TooManyBuckets = new("TooManyBuckets", 400);
    public static readonly S3ErrorCode WrongContentHash = new("XAmzContentSHA256Mismatch", 400);

    public S3Exception With(string message) => new(new S3Error(this, message));

    public override string ToString() => Name;
}
