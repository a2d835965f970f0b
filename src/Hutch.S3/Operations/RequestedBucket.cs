using Hutch.Datasets.Registry;
using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations;

/// <summary>The bucket that a request names, in the state that an operation needs it in.</summary>
internal static class RequestedBucket
{
    private const string ExpectedOwnerHeader = "x-amz-expected-bucket-owner";

    public static async ValueTask<BucketVersion> FindAsync(S3Request request)
    {
        BucketVersion found = await request.S3.Buckets.FindAsync(request.Caller, request.Bucket, request.Aborted);
        if (request.Header(ExpectedOwnerHeader) is { } owner)
        {
            RequireOwner(found, owner);
        }

        if (request.IsReading)
        {
            await request.ReadFromAsync(found, request.Aborted);
        }

        return found;
    }

    /// <summary>The bucket of an operation that changes something: its head, never a snapshot.</summary>
    public static async ValueTask<BucketVersion> FindHeadAsync(S3Request request)
    {
        BucketVersion bucket = await FindAsync(request);
        if (bucket.At is not null)
        {
            throw S3ErrorCode.AccessDenied.With(
                $"'{request.Bucket}' is a snapshot, which is read-only. Write to the bucket without '.at.…'.");
        }

        if (bucket.IsElsewhere)
        {
            Result<Access> allowed = await request.S3.Authorizer.AuthorizeAsync(
                request.Caller, bucket.Dataset, Operation.EntryWrite, request.Aborted);
            if (!allowed.IsOk)
            {
                throw S3Errors.OfBucket(allowed.Error);
            }

            HutchError? elsewhere = await request.S3.Access.WriteRouter.CheckWritableAsync(
                request.Caller, bucket.Dataset, request.Aborted);
            throw S3ErrorCode.AccessDenied.With(
                $"{elsewhere?.Message ?? "The dataset is at home at another site."} The S3 door passes no changes on: write there, with a "
                + "key that opens that site, or here over REST, which passes it on.");
        }

        return VersionId.Find(request) is { } at
            ? throw S3ErrorCode.AccessDenied.With(
                $"The version {at.Text} is a snapshot, which is read-only. Omit the version.")
            : bucket;
    }

    /// <summary>Refuses callers without the right to change the bucket's settings, even if the request changes nothing.</summary>
    public static async ValueTask RequireEditableAsync(S3Request request)
    {
        (BucketVersion bucket, _) = await FindLiveAsync(request);
        Result<Access> access = await request.S3.Authorizer.AuthorizeAsync(
            request.Caller, bucket.Dataset, Operation.DatasetEdit, request.Aborted);
        if (!access.IsOk)
        {
            throw S3Errors.OfBucket(access.Error);
        }
    }

    /// <summary>The bucket, which is neither in the trash nor gone.</summary>
    public static async ValueTask<(BucketVersion Bucket, DatasetDescription Dataset)> FindLiveAsync(S3Request request)
    {
        BucketVersion bucket = await FindAsync(request);
        Result<DatasetDescription> found = await request.Reader.DescribeAsync(request.Caller, bucket.Dataset, request.Aborted);
        DatasetDescription dataset = found.IsOk ? found.Value : throw S3Errors.OfBucket(found.Error);
        return dataset.IsPresent
            ? (bucket, dataset)
            : throw S3ErrorCode.NoSuchBucket.With($"The dataset '{dataset.Name.FullName}' is in the state '{dataset.State}'.");
    }

    private static void RequireOwner(BucketVersion bucket, string owner)
    {
        if (bucket.Owner != owner)
        {
            throw S3ErrorCode.AccessDenied.With(
                $"The bucket is not owned by {Display.Quote(owner)}, as {ExpectedOwnerHeader} requires.");
        }
    }
}
