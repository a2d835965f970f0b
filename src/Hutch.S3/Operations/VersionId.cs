using Hutch.S3.Errors;
using Hutch.S3.Requests;

namespace Hutch.S3.Operations;

/// <summary>Version ids: a version of an object is a snapshot of its dataset, and <c>null</c> is the head.</summary>
internal static class VersionId
{
    private const string Name = "versionId";
    private const string Head = "null";

    /// <summary>The snapshot that the query of a request names; null for the head.</summary>
    public static SnapshotRef? Find(S3Request request) => request.Query.Find(Name) is not { } versionId ? null
        : versionId.Length > 0 ? Parse(versionId)
        : throw S3ErrorCode.InvalidArgument.With("Version id cannot be the empty string.");

    /// <summary>The snapshot that a version id names; null for the head.</summary>
    public static SnapshotRef? Parse(string? versionId)
    {
        if (versionId is null or Head)
        {
            return null;
        }

        return SnapshotRef.Parse(versionId).TryGet(out SnapshotRef at, out HutchError? error)
            ? at
            : throw S3ErrorCode.InvalidArgument.With($"Invalid version id specified. A version is a snapshot. {error.Message}");
    }
}
