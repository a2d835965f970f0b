using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Hutch.Site.Write.Folders;

/// <param name="Entry">The entry there; null when it has vanished. The hash of a file has no meaning.</param>
/// <param name="Stamp">For a file: its times and size from the file system.</param>
public readonly record struct FolderChange(DatasetPath Path, Entry? Entry, FileStamp Stamp)
{
    public static FolderChange File(DatasetPath path, FileStamp stamp, bool executable = false, string? contentType = null) =>
        new(path, Entry.File(default, stamp.Size, EntryTime.Known(stamp.ModifiedNanoseconds), executable, contentType), stamp);

    /// <summary>Returns a symbolic link, which is not followed.</summary>
    public static FolderChange Link(DatasetPath path, string target, long modifiedNanoseconds) =>
        new(path, Entry.Link(target, EntryTime.Known(modifiedNanoseconds)), default);

    public static FolderChange Vanished(DatasetPath path) => new(path, null, default);

    /// <summary>Returns the name of this version of a file until its bytes are hashed: the same for the same version.</summary>
    internal BlobHash NameIn(DatasetId dataset)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData("a file in the folder of a dataset\0"u8);
        hash.AppendData(Encoding.UTF8.GetBytes(dataset + "\0" + Path.Value + "\0"));
        Span<byte> stamp = stackalloc byte[4 * sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(stamp, Stamp.Size);
        BinaryPrimitives.WriteInt64LittleEndian(stamp[8..], Stamp.ModifiedNanoseconds);
        BinaryPrimitives.WriteInt64LittleEndian(stamp[16..], Stamp.ChangedNanoseconds);
        BinaryPrimitives.WriteUInt64LittleEndian(stamp[24..], Stamp.Inode);
        hash.AppendData(stamp);
        return new BlobHash(hash.GetHashAndReset());
    }
}
