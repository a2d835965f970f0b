using Hutch.Model;
using Hutch.S3.Errors;
using Hutch.S3.Http;

namespace Hutch.S3.Operations;

/// <summary>Headers that ask for what there is not here. Passing over them would be a wrong success.</summary>
internal static class Unsupported
{
    private static readonly HashSet<string> HarmlessAcls = ["private", "bucket-owner-full-control", "bucket-owner-read"];

    private static readonly (string Prefix, string Why)[] Refused =
    [
        ("x-amz-server-side-encryption", "server-side encryption is not offered; encrypt the disk, or the data before they are sent"),
        ("x-amz-object-lock", "objects are not locked one by one; close the dataset, and nothing in it ever changes"),
        ("x-amz-bucket-object-lock", "objects are not locked one by one; close the dataset, and nothing in it ever changes"),
        ("x-amz-website-redirect-location", "Hutch serves objects, not websites"),
        ("x-amz-grant-", "rights are given with `hutch share`"),
        ("x-amz-write-offset-bytes", "objects are not appended to; put a new one"),
    ];

    /// <summary>For requests that write objects.</summary>
    public static void CheckObject(S3Request request)
    {
        CheckBucket(request);
        if (request.Header("x-amz-storage-class") is { } storageClass && storageClass != "STANDARD")
        {
            throw S3ErrorCode.InvalidStorageClass.With(
                $"The storage class {Display.Quote(storageClass)} is not offered; there is only STANDARD.");
        }
    }

    /// <summary>For requests that make buckets.</summary>
    public static void CheckBucket(S3Request request)
    {
        foreach (string name in request.Http.Request.Headers.Keys)
        {
            if (!name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            foreach ((string prefix, string why) in Refused)
            {
                if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && !IsNo(request.Header(name)))
                {
                    throw S3ErrorCode.NotImplemented.With($"The header {name} is not implemented here: {why}.");
                }
            }
        }

        if (request.Header("x-amz-acl") is { } acl && !HarmlessAcls.Contains(acl))
        {
            throw S3ErrorCode.NotImplemented.With(
                $"The ACL {Display.Quote(acl)} is not implemented here: rights are given with `hutch share`.");
        }
    }

    private static bool IsNo(string? value) => value is null || value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
