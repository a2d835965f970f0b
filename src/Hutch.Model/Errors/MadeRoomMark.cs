namespace Hutch.Model;

/// <summary>How clients tell temporary data that made room for newer data from data that is damaged.</summary>
public static class MadeRoomMark
{
    /// <summary>The detail of a refusal to read.</summary>
    public const string Detail = "madeRoom";

    /// <summary>In a stream of blobs, the name of the owner of the member that stands for the blob.</summary>
    public const string MemberOwner = "made-room";

    /// <summary>Whether a refusal to read says that the data made room.</summary>
    public static bool IsOn(HutchError error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return error.Code == ErrorCode.Gone && error.Details?.ContainsKey(Detail) == true;
    }
}
