namespace Hutch.Buckets;

/// <summary>Failures of a bucket that a later attempt may not have.</summary>
internal static class BucketFailure
{
    public static bool Is(Exception e) =>
        e is HutchException or ServerUnreachableException or BadAnswerException or ObjectOutcomeUnknownException;
}
