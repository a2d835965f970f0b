namespace Hutch.Model;

/// <summary>Marks errors about temporary data that was deleted for newer data, to distinguish them from damaged data.</summary>
public static class EarlyExpiryMark
{
    public const string Detail = "madeRoom";

    /// <summary>In a stream of blobs, the owner's name of the member that replaces the blob.</summary>
    public const string MemberOwner = "made-room";

    /// <summary>Returns true if an error on reading says that the data was deleted for newer data.</summary>
    public static bool IsOn(HutchError error)
    {
        return error.Code == ErrorCode.Gone && error.Details?.ContainsKey(Detail) == true;
    }
}
