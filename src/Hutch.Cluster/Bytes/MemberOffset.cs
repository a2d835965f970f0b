using Hutch.Model.Tar;

namespace Hutch.Cluster.Bytes;

/// <summary>
/// The position of a member in its row as one number: in the bodies of the row, and in the group of the pack that the row becomes. Both
/// follow from the lengths of the members before it.
/// </summary>
/// <param name="BodyOffset">The offset in the bodies, in bytes.</param>
/// <param name="Block">The position of its header in the group, in blocks of 512 bytes.</param>
internal readonly record struct MemberOffset(long BodyOffset, long Block)
{
    private const int BlockBits = 32;

    public static MemberOffset First => default;

    public long InPack(long group) => group + ((Block + 1) * UstarHeader.BlockBytes);

    public MemberOffset After(int length) => new(BodyOffset + length, Block + (UstarHeader.MemberBytes(length) / UstarHeader.BlockBytes));

    public long ToNumber() => checked((BodyOffset << BlockBits) | Block);

    public static MemberOffset From(long number) => new(number >> BlockBits, number & ((1L << BlockBits) - 1));
}
