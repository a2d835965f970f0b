using Hutch.Model.Tar;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// Where a member lies in its row, as one number: in the bodies of the row, and in the group that the row becomes when it is packed. Both
/// follow from the lengths of the members before it.
/// </summary>
/// <param name="BodyOffset">Where it begins in the bodies, in bytes.</param>
/// <param name="Block">Where its header is in the group, in blocks of 512 bytes.</param>
internal readonly record struct MemberPlace(long BodyOffset, long Block)
{
    private const int BlockBits = 32;

    /// <summary>The first member of a row.</summary>
    public static MemberPlace First => default;

    /// <summary>Where its body is in a pack in which the group begins at an offset.</summary>
    public long InPack(long group) => group + ((Block + 1) * UstarHeader.BlockBytes);

    /// <summary>The place of the member after this one.</summary>
    public MemberPlace After(int length) => new(BodyOffset + length, Block + (UstarHeader.MemberBytes(length) / UstarHeader.BlockBytes));

    /// <summary>As one number.</summary>
    public long ToNumber() => checked((BodyOffset << BlockBits) | Block);

    public static MemberPlace Of(long number) => new(number >> BlockBits, number & ((1L << BlockBits) - 1));
}
