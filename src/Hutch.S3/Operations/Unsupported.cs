using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations;

/// <summary>Headers that ask for what there is not here. Passing over them would be a wrong success.</summary>
internal static class Unsupported
{
    private static readonly (string Prefix, string Why)[] Refused =
    [
        (Encryption.Header + "-", "keys of clients and of key services are not supported; encrypt the data before you send them"),
        ("x-amz-object-lock", "object locks are not supported; close the dataset to make it read-only"),
        ("x-amz-bucket-object-lock", "object locks are not supported; close the dataset to make it read-only"),
        ("x-amz-website-redirect-location", "Hutch serves objects, not websites"),
        ("x-amz-grant-", "use `hutch share` to give access"),
        ("x-amz-write-offset-bytes", "appending is not supported; put a new object"),
    ];

    /// <summary>For requests that write objects.</summary>
    public static void CheckObject(S3Request request)
    {
        CheckHeaders(request);
        Encryption.Check(request);
        Acl.CheckObject(request);
        if (request.Header("x-amz-storage-class") is { } storageClass && storageClass != "STANDARD")
        {
            throw S3ErrorCode.InvalidStorageClass.With(
                $"The storage class {Display.Quote(storageClass)} is not supported; use STANDARD.");
        }
    }

    /// <summary>For requests that make or change anything.</summary>
    public static void CheckHeaders(S3Request request)
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
                    throw S3ErrorCode.NotImplemented.With($"The header {name} is not implemented: {why}.");
                }
            }
        }
    }

    private static bool IsNo(string? value) => value is null || value.Equals("false", StringComparison.OrdinalIgnoreCase);
}
