using Hutch.S3.Errors;
using Hutch.S3.Requests;
using Hutch.S3.Xml;

namespace Hutch.S3.Operations.Objects;

/// <summary>Deletes objects, one or many. Deleting a missing object succeeds.</summary>
internal static class DeleteOperations
{
    private const int MaxKeys = 1000;

    public static async Task DeleteAsync(S3Request request)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        await KeepFoldersAsync(
            request, bucket, [await DeleteAsync(request, bucket, request.Key, null, ETags.ConditionOfRemoval(request))]);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public static async Task DeleteManyAsync(S3Request request)
    {
        BucketVersion bucket = await RequestedBucket.FindHeadAsync(request);
        _ = await RequestedBucket.FindLiveAsync(request);
        XElement document = await XmlBody.ReadAsync(request, "Delete");
        XElement[] objects = [.. document.Children("Object")];
        if (objects.Length is 0 or > MaxKeys)
        {
            throw S3ErrorCode.MalformedXml.With($"A request can delete 1 to {MaxKeys} objects, not {objects.Length}.");
        }

        // All at once: they wait for one sync together.
        (DatasetPath? Path, S3Error? Error)[] outcomes = await Task.WhenAll(objects.Select(one => TryDeleteAsync(request, bucket, one)));
        await KeepFoldersAsync(request, bucket, outcomes.Select(one => one.Path));
        bool isQuiet = string.Equals(document.Text("Quiet"), "true", StringComparison.OrdinalIgnoreCase);
        await XmlAnswer.SendAsync(request, "DeleteResult", xml =>
        {
            for (int i = 0; i < objects.Length; i++)
            {
                string key = objects[i].Text("Key") ?? "";
                if (outcomes[i].Error is { } error)
                {
                    xml.Element("Error", () =>
                    {
                        xml.Element("Key", key);
                        xml.Element("Code", error.Code.Name);
                        xml.Element("Message", error.Message);
                    });
                }
                else if (!isQuiet)
                {
                    xml.Element("Deleted", () => xml.Element("Key", key));
                }
            }
        });
    }

    private static async Task<(DatasetPath? Path, S3Error? Error)> TryDeleteAsync(S3Request request, BucketVersion bucket, XElement wanted)
    {
        try
        {
            string key = wanted.Text("Key") is { Length: > 0 } named ? named : throw S3ErrorCode.MalformedXml.With("An object has no Key.");
            return (await DeleteAsync(request, bucket, key, wanted.Text("VersionId"), ETags.ConditionOfRemoval(wanted)), null);
        }
        catch (Exception e) when (e is S3Exception or HutchException)
        {
            return (null, S3Errors.ToError(e, out _));
        }
    }

    /// <returns>The removed path; null for nothing.</returns>
    private static async Task<DatasetPath?> DeleteAsync(
        S3Request request, BucketVersion bucket, string key, string? versionId, EntryCondition condition)
    {
        if (VersionId.Parse(versionId) is { } at)
        {
            throw S3ErrorCode.AccessDenied.With(
                $"The version {at.Text} is a snapshot, which is read-only. Delete the key without a version.");
        }

        DatasetPath path;
        try
        {
            path = Paths.ParseExisting(key);
        }
        catch (S3Exception)
        {
            // Where no key can be, there is none to delete.
            return null;
        }

        Result<Done> removed = Paths.IsDirectory(key)
            ? await request.S3.Files.Folders.RemoveAsync(request.Caller, bucket.Dataset, path, condition, request.Aborted)
            : await request.S3.Files.Changes.RemoveAsync(
                request.Caller, bucket.Dataset, path,
                condition with { IsThere = static entry => entry.Kind != EntryKind.EmptyDirectory }, request.Aborted);
        return removed.IsOk ? path
            : removed.Error.Code == ErrorCode.NotFound ? null
            : throw S3Errors.OfKey(removed.Error);
    }

    /// <summary>A folder with a marker stays when its last file was deleted.</summary>
    private static async Task KeepFoldersAsync(S3Request request, BucketVersion bucket, IEnumerable<DatasetPath?> removed)
    {
        Result<Done> result = await request.S3.Files.Folders.KeepAsync(
            bucket.Dataset, [.. removed.OfType<DatasetPath>()], request.Aborted);
        if (!result.IsOk)
        {
            throw S3Errors.OfKey(result.Error);
        }
    }
}
