namespace Hutch.Mount.Contents;

/// <summary>The bytes of a file, and a path under which the server has them.</summary>
/// <param name="Hash">Their SHA-256; null for a file that the server has not hashed yet, or makes on reading.</param>
internal sealed record FileContent(string Path, BlobHash? Hash, long Size)
{
    /// <summary>Bytes of a block: the unit of downloads, of the cache and of read-ahead.</summary>
    internal const int BlockBytes = 1024 * 1024;

    /// <summary>The number of blocks.</summary>
    internal int Blocks => checked((int)((Size + BlockBytes - 1) / BlockBytes));

    /// <summary>The bytes of a block; the last one may be shorter.</summary>
    internal int LengthOf(int block) => (int)Math.Min(BlockBytes, Size - ((long)block * BlockBytes));
}
