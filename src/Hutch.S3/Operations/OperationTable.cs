using Hutch.S3.Errors;
using Hutch.S3.Http;
using Hutch.S3.Operations.Buckets;
using Hutch.S3.Operations.Objects;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations;

/// <summary>All operations. A request is the first one of its method and scope whose mark it carries; the plain one is last.</summary>
internal sealed class OperationTable
{
    private const string HeaderMark = "header:";

    /// <summary>
    /// Names of parameters, which may come without a value; any other name without one asks for a part of a bucket or of an object.
    /// </summary>
    private static readonly HashSet<string> Parameters = new(StringComparer.OrdinalIgnoreCase)
    {
        "continuation-token", "delimiter", "encoding-type", "fetch-owner",
        "key-marker", "list-type", "marker", "max-buckets", "max-keys", "max-parts",
        "max-uploads", "part-number-marker", "prefix", "start-after", "upload-id-marker", "version-id-marker", "versionId", "x-id",
    };

    private const string NoAcl = "use `hutch share` to give rights, not ACLs or policies";
    private const string DiskEncryption = "AES256 where the operator states that the disk is encrypted (`s3.diskIsEncrypted`)";
    private const string NoVersions = "Hutch takes snapshots itself; read one with versionId or as the bucket NAME.at.N";
    private const string NoLock = "close the dataset instead (`hutch close`): nothing in it can change";
    private const string NoWebsite = "Hutch serves objects, not websites";
    private const string NoReplication = "replication is set up between sites";
    private const string NoReports = "there are no such reports; `hutch info` and the server's metrics show sizes";
    private const string NoTiers = "the operator decides where bytes are stored";
    private const string NoQueries = "read the object, or a range of it";
    private const string NoEvents = "use the events of the REST API (GET /api/v1/events)";

    private readonly Dictionary<(string Method, OperationScope Scope), S3Operation[]> _byShape;
    private readonly HashSet<string> _marks;

    private OperationTable(IReadOnlyList<S3Operation> all)
    {
        All = all;
        _byShape = all.GroupBy(operation => (operation.Method, operation.Scope))
            .ToDictionary(
                group => group.Key, group => group.OrderByDescending(operation => operation.Mark?.Split('&').Length ?? 0).ToArray());
        _marks = [.. all.SelectMany(operation => operation.MarkNames)];
    }

    /// <summary>All of them, in the order of the reference page.</summary>
    public IReadOnlyList<S3Operation> All { get; }

    public S3Operation Find(string method, S3Target target, IHeaderDictionary headers)
    {
        OperationScope scope = target.Bucket is null ? OperationScope.Service
            : target.Key is null ? OperationScope.Bucket
            : OperationScope.Object;
        foreach (S3Operation operation in _byShape.GetValueOrDefault((method, scope), []))
        {
            if (operation.Mark is null || IsMarked(operation.Mark, target.Query, headers))
            {
                CheckQuery(operation, target.Query);
                return operation;
            }
        }

        throw S3ErrorCode.MethodNotAllowed.With(
            $"The specified method is not allowed against this resource: there is no {method} of a {scope.ToString().ToLowerInvariant()}.");
    }

    /// <summary>
    /// Refuses unknown sub-resources: <c>DELETE ?acl</c> must not delete the bucket, nor may a <c>PUT</c> of a future sub-resource put an
    /// object without bytes.
    /// </summary>
    private void CheckQuery(S3Operation operation, S3Query query)
    {
        foreach ((string name, string value) in query.Items)
        {
            if (_marks.Contains(name) && !operation.Takes(name))
            {
                throw S3ErrorCode.MethodNotAllowed.With(
                    $"The specified method is not allowed against this resource: {operation.Name} does not go with ?{name}.");
            }

            if (value.Length == 0 && !operation.IsRead && !_marks.Contains(name) && !IsParameter(name))
            {
                throw S3ErrorCode.NotImplemented.With($"{operation.Method} with {Display.Quote("?" + name)} is not implemented.");
            }
        }
    }

    private static bool IsParameter(string name) => Parameters.Contains(name)
        || name.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("response-", StringComparison.OrdinalIgnoreCase);

    // "a&b" and "a=v": all of the names, or a name with a value.
    private static bool IsMarked(string mark, S3Query query, IHeaderDictionary headers)
    {
        foreach (string part in mark.Split('&'))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            bool holds = part.StartsWith(HeaderMark, StringComparison.Ordinal) ? headers.ContainsKey(part[HeaderMark.Length..])
                : equals < 0 ? query.Has(part)
                : query.Find(part[..equals]) == part[(equals + 1)..];
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    public static OperationTable Create() => new([.. Buckets(), .. Objects(), .. Properties(), .. Uploads(), .. NotSupported()]);

    private static S3Operation[] Buckets() =>
    [
        new("ListBuckets", "GET", OperationScope.Service, null, BucketOperations.ListAsync,
            "datasets that the caller owns (slug) or that others share (owner.slug); prefix, max-buckets, continuation-token"),

        new("CreateBucket", "PUT", OperationScope.Bucket, null, BucketOperations.CreateAsync,
            "creates a dataset for the caller; `owner.slug` creates it for a group"),
        new("HeadBucket", "HEAD", OperationScope.Bucket, null, BucketOperations.HeadAsync, ""),
        new("DeleteBucket", "DELETE", OperationScope.Bucket, null, BucketOperations.DeleteAsync,
            "moves an empty bucket to the trash; refuses a closed one"),
        new("ListObjectsV2", "GET", OperationScope.Bucket, "list-type=2", ListOperations.ListV2Async,
            "prefix, delimiter, start-after, continuation-token, encoding-type, fetch-owner"),
        new("ListObjects", "GET", OperationScope.Bucket, null, ListOperations.ListV1Async, "prefix, delimiter, marker, encoding-type"),
        new("ListObjectVersions", "GET", OperationScope.Bucket, "versions", ListOperations.ListVersionsAsync,
            "each key has one version, `null`"),
        new("DeleteObjects", "POST", OperationScope.Bucket, "delete", DeleteOperations.DeleteManyAsync, "up to 1000 keys"),
        new("GetBucketLocation", "GET", OperationScope.Bucket, "location", BucketOperations.LocationAsync, "the region of the server"),
        new("GetBucketVersioning", "GET", OperationScope.Bucket, "versioning", BucketOperations.VersioningAsync,
            "never enabled: " + NoVersions),
        new("GetBucketAcl", "GET", OperationScope.Bucket, "acl", Acl.GetBucketAsync,
            "the owner, with full control, and everybody with READ where the dataset is public; " + NoAcl),
        new("PutBucketAcl", "PUT", OperationScope.Bucket, "acl", Acl.PutBucketAsync,
            "`public-read` shares the dataset with everybody, `private` ends that; also as a document; " + NoAcl),
        new("GetBucketPolicyStatus", "GET", OperationScope.Bucket, "policyStatus", BucketOperations.PolicyStatusAsync,
            "whether the dataset is public"),
        new("GetBucketPolicy", "GET", OperationScope.Bucket, "policy", Absent(S3ErrorCode.NoSuchBucketPolicy), "there is none: " + NoAcl),
        new("GetBucketRequestPayment", "GET", OperationScope.Bucket, "requestPayment", BucketOperations.RequestPaymentAsync,
            "always the owner"),
        new("GetBucketLogging", "GET", OperationScope.Bucket, "logging", BucketOperations.Empty("BucketLoggingStatus"), "none"),
        new("GetBucketNotificationConfiguration", "GET", OperationScope.Bucket, "notification",
            BucketOperations.Empty("NotificationConfiguration"),
            "none: " + NoEvents),
        new("GetBucketAccelerateConfiguration", "GET", OperationScope.Bucket, "accelerate",
            BucketOperations.Empty("AccelerateConfiguration"),
            "none"),
        new("GetBucketEncryption", "GET", OperationScope.Bucket, "encryption", Encryption.GetBucketAsync, DiskEncryption),
        new("PutBucketEncryption", "PUT", OperationScope.Bucket, "encryption", Encryption.PutBucketAsync, DiskEncryption),
        NothingTo("DeleteBucketEncryption", "encryption"),
        NothingTo("DeleteBucketPolicy", "policy"),
        NothingTo("DeletePublicAccessBlock", "publicAccessBlock"),
        NothingTo("DeleteBucketOwnershipControls", "ownershipControls"),
        NothingTo("DeleteBucketWebsite", "website"),
        NothingTo("DeleteBucketReplication", "replication"),
        new("GetBucketWebsite", "GET", OperationScope.Bucket, "website", Absent(S3ErrorCode.NoSuchWebsite), "none: " + NoWebsite),
        new("GetBucketReplication", "GET", OperationScope.Bucket, "replication", Absent(S3ErrorCode.ReplicationNotFound),
            "none: " + NoReplication),
        new("GetBucketOwnershipControls", "GET", OperationScope.Bucket, "ownershipControls", Absent(S3ErrorCode.OwnershipControlsNotFound),
            "none: " + NoAcl),
        new("GetPublicAccessBlock", "GET", OperationScope.Bucket, "publicAccessBlock", Absent(S3ErrorCode.NoSuchPublicAccessBlock),
            "none: " + NoAcl),
        new("GetObjectLockConfiguration", "GET", OperationScope.Bucket, "object-lock", Absent(S3ErrorCode.ObjectLockNotFound),
            "none: " + NoLock),
    ];

    private static S3Operation[] Objects() =>
    [
        new("PutObject", "PUT", OperationScope.Object, null, PutOperations.PutAsync,
            "a key that ends in a slash, without bytes, is an empty directory"),
        new("CopyObject", "PUT", OperationScope.Object, "header:x-amz-copy-source", CopyOperations.CopyAsync,
            "by reference: no bytes move"),
        new("GetObject", "GET", OperationScope.Object, null, GetOperations.GetAsync,
            "ranges, conditions, versionId (a snapshot), checksum mode, response-…"),
        new("HeadObject", "HEAD", OperationScope.Object, null, GetOperations.GetAsync, ""),
        new("DeleteObject", "DELETE", OperationScope.Object, null, DeleteOperations.DeleteAsync, "snapshots keep the object"),
        new("RestoreObject", "POST", OperationScope.Object, "restore", ArchiveClass.RestoreAsync,
            "recalls an object from [nearline storage](../operations/nearline.md); needs the right to manage; tiers change nothing"),
        new("GetObjectAcl", "GET", OperationScope.Object, "acl", Acl.GetObjectAsync, "that of its bucket; " + NoAcl),
        new("PutObjectAcl", "PUT", OperationScope.Object, "acl", Acl.PutObjectAsync,
            "`private`, which changes nothing: an object has the rights of its bucket"),
    ];

    private static S3Operation[] Properties() =>
    [
        new("GetObjectAttributes", "GET", OperationScope.Object, "attributes", AttributeOperations.GetAsync,
            "ETag, Checksum, ObjectParts, StorageClass, ObjectSize"),
        new("GetObjectTagging", "GET", OperationScope.Object, "tagging", TaggingOperations.GetObjectAsync, ""),
        new("PutObjectTagging", "PUT", OperationScope.Object, "tagging", TaggingOperations.PutObjectAsync, "up to 10 tags"),
        new("DeleteObjectTagging", "DELETE", OperationScope.Object, "tagging", TaggingOperations.DeleteObjectAsync, ""),
        new("GetBucketTagging", "GET", OperationScope.Bucket, "tagging", TaggingOperations.GetBucketAsync, ""),
        new("PutBucketTagging", "PUT", OperationScope.Bucket, "tagging", TaggingOperations.PutBucketAsync, "up to 50 tags"),
        new("DeleteBucketTagging", "DELETE", OperationScope.Bucket, "tagging", TaggingOperations.DeleteBucketAsync, ""),
        new("GetBucketLifecycleConfiguration", "GET", OperationScope.Bucket, "lifecycle", LifecycleOperations.GetAsync, ""),
        new("PutBucketLifecycleConfiguration", "PUT", OperationScope.Bucket, "lifecycle", LifecycleOperations.PutAsync,
            "expiry of the whole bucket in days, abort of incomplete uploads; [more](../s3.md#data-that-expire)"),
        new("DeleteBucketLifecycle", "DELETE", OperationScope.Bucket, "lifecycle", LifecycleOperations.DeleteAsync, ""),
        new("GetBucketCors", "GET", OperationScope.Bucket, "cors", Cors.GetAsync, ""),
        new("PutBucketCors", "PUT", OperationScope.Bucket, "cors", Cors.PutAsync, ""),
        new("DeleteBucketCors", "DELETE", OperationScope.Bucket, "cors", Cors.DeleteAsync, ""),
        new("Preflight", "OPTIONS", OperationScope.Object, null, Cors.PreflightAsync, "answers by the bucket's CORS rules"),
        new("Preflight", "OPTIONS", OperationScope.Bucket, null, Cors.PreflightAsync, "answers by the bucket's CORS rules"),
    ];

    private static S3Operation[] Uploads() =>
    [
        new("CreateMultipartUpload", "POST", OperationScope.Object, "uploads", UploadOperations.CreateAsync, ""),
        new("UploadPartCopy", "PUT", OperationScope.Object, "partNumber&uploadId&header:x-amz-copy-source", UploadOperations.CopyPartAsync,
            "copies the bytes inside the server"),
        new("UploadPart", "PUT", OperationScope.Object, "partNumber&uploadId", UploadOperations.PutPartAsync,
            "in any order, several at once"),
        new("ListParts", "GET", OperationScope.Object, "uploadId", UploadLists.ListPartsAsync, ""),
        new("ListMultipartUploads", "GET", OperationScope.Bucket, "uploads", UploadLists.ListUploadsAsync, ""),
        new("CompleteMultipartUpload", "POST", OperationScope.Object, "uploadId", CompleteOperations.CompleteAsync,
            "rewrites no byte; idempotent"),
        new("AbortMultipartUpload", "DELETE", OperationScope.Object, "uploadId", UploadOperations.AbortAsync, ""),
    ];

    private static S3Operation[] NotSupported() =>
    [
        .. Missing("PUT", OperationScope.Bucket, NoVersions, ("PutBucketVersioning", "versioning")),
        .. Missing("PUT", OperationScope.Bucket, NoAcl,
            ("PutBucketPolicy", "policy"), ("PutPublicAccessBlock", "publicAccessBlock"),
            ("PutBucketOwnershipControls", "ownershipControls")),
        .. Missing("PUT", OperationScope.Bucket, NoLock, ("PutObjectLockConfiguration", "object-lock")),
        .. Missing("PUT", OperationScope.Bucket, NoWebsite, ("PutBucketWebsite", "website")),
        .. Missing("PUT", OperationScope.Bucket, NoReplication, ("PutBucketReplication", "replication")),
        .. Missing("PUT", OperationScope.Bucket, NoEvents, ("PutBucketNotificationConfiguration", "notification")),
        .. Missing("PUT", OperationScope.Bucket, NoReports,
            ("PutBucketLogging", "logging"), ("PutBucketRequestPayment", "requestPayment"),
            ("PutBucketAnalyticsConfiguration", "analytics"), ("PutBucketInventoryConfiguration", "inventory"),
            ("PutBucketMetricsConfiguration", "metrics")),
        .. Missing("GET", OperationScope.Bucket, NoReports,
            ("GetBucketAnalyticsConfiguration", "analytics"), ("GetBucketInventoryConfiguration", "inventory"),
            ("GetBucketMetricsConfiguration", "metrics")),
        .. Missing("DELETE", OperationScope.Bucket, NoReports,
            ("DeleteBucketAnalyticsConfiguration", "analytics"), ("DeleteBucketInventoryConfiguration", "inventory"),
            ("DeleteBucketMetricsConfiguration", "metrics")),
        .. Missing("PUT", OperationScope.Bucket, NoTiers,
            ("PutBucketAccelerateConfiguration", "accelerate"), ("PutBucketIntelligentTieringConfiguration", "intelligent-tiering")),
        .. Missing("GET", OperationScope.Bucket, NoTiers, ("GetBucketIntelligentTieringConfiguration", "intelligent-tiering")),
        .. Missing("DELETE", OperationScope.Bucket, NoTiers, ("DeleteBucketIntelligentTieringConfiguration", "intelligent-tiering")),
        .. Missing("PUT", OperationScope.Object, NoLock, ("PutObjectRetention", "retention"), ("PutObjectLegalHold", "legal-hold")),
        .. Missing("GET", OperationScope.Object, NoLock, ("GetObjectRetention", "retention"), ("GetObjectLegalHold", "legal-hold")),
        .. Missing("GET", OperationScope.Object, NoWebsite, ("GetObjectTorrent", "torrent")),
        .. Missing("POST", OperationScope.Object, NoQueries, ("SelectObjectContent", "select")),
        new("PostObject", "POST", OperationScope.Bucket, null, PostOperations.PostAsync,
            "an upload by an HTML form with a signed policy"),
    ];

    private static IEnumerable<S3Operation> Missing(
        string method, OperationScope scope, string why, params (string Name, string Mark)[] operations) =>
        operations.Select(operation => new S3Operation(operation.Name, method, scope, operation.Mark, null, why));

    /// <summary>Deletes a setting that never exists: succeeds.</summary>
    private static S3Operation NothingTo(string name, string mark) => new(
        name, "DELETE", OperationScope.Bucket, mark,
        async request =>
        {
            await RequestedBucket.RequireEditableAsync(request);
            request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        },
        "there is none to delete");

    private static Func<S3Request, Task> Absent(S3ErrorCode code) => async request =>
    {
        _ = await RequestedBucket.FindLiveAsync(request);
        throw code.With("The bucket has no such configuration.");
    };
}
