namespace Hutch.Catalog.Members;

/// <summary>The key of a member as encoded in the tables: its kind, and its 32 bytes as four words.</summary>
public readonly record struct MemberWords(int Kind, long A, long B, long C, long D)
{
    public const int Extent = 3;
}
