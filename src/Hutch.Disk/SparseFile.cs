namespace Hutch.Disk;

/// <summary>Writes files with holes, which take no space, where their bytes are zero.</summary>
public static class SparseFile
{
    /// <summary>The size of a hole, and what its offset is a multiple of, bytes.</summary>
    public const int HoleBytes = 64 << 10;

    /// <summary>Writes bytes where the file has none; zero blocks stay holes. Durable after a sync; a failure may leave a part.</summary>
    /// <param name="offset">Where the first one goes.</param>
    /// <param name="inPassing">Whether they need not stay in the system's memory (<see cref="UncachedFile"/>).</param>
    public static void Write(SafeFileHandle file, ReadOnlySpan<byte> source, long offset, bool inPassing = false)
    {
        int start = 0;
        for (int at = 0; at < source.Length;)
        {
            int length = (int)Math.Min(source.Length - at, HoleBytes - ((offset + at) % HoleBytes));
            if (length == HoleBytes && !source.Slice(at, length).ContainsAnyExcept((byte)0))
            {
                WriteData(file, source[start..at], offset + start, inPassing);
                start = at + length;
            }

            at += length;
        }

        WriteData(file, source[start..], offset + start, inPassing);
        if (start > 0 && start == source.Length && RandomAccess.GetLength(file) < offset + start)
        {
            RandomAccess.SetLength(file, offset + start);
        }
    }

    private static void WriteData(SafeFileHandle file, ReadOnlySpan<byte> source, long offset, bool inPassing)
    {
        if (source.IsEmpty)
        {
            return;
        }

        if (inPassing)
        {
            UncachedFile.Write(file, source, offset);
        }
        else
        {
            RandomAccess.Write(file, source, offset);
        }
    }
}
