namespace Hutch.Disk;

/// <summary>Operations of every file, built on <see cref="IDiskFile"/>.</summary>
public static class DiskFileExtensions
{
    /// <summary>Reads until the buffer is full or the file ends; returns how many bytes there were.</summary>
    /// <param name="offset">From which byte on.</param>
    public static int ReadFully(this IDiskFile file, Span<byte> destination, long offset, bool inPassing = false)
    {
        int total = 0;
        while (total < destination.Length)
        {
            Span<byte> rest = destination[total..];
            int read = inPassing ? file.ReadInPassing(rest, offset + total) : file.Read(rest, offset + total);
            if (read == 0)
            {
                break;
            }

            total += read;
        }

        return total;
    }

    /// <summary>Reads a whole file of at most <paramref name="maxBytes"/>; a longer one is an <see cref="IOException"/>.</summary>
    public static byte[] ReadAllBytes(this IDisk disk, string path, int maxBytes)
    {
        using IDiskFile file = disk.Open(path, DiskAccess.Read);
        long length = file.Length;
        if (length > maxBytes)
        {
            throw new IOException($"'{path}' has {length} bytes; the limit is {maxBytes}.");
        }

        var bytes = new byte[length];
        int read = file.ReadFully(bytes, 0);
        return read == length ? bytes : bytes[..read];
    }
}
