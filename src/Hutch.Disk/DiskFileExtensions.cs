namespace Hutch.Disk;

/// <summary>What every file can do, made of what <see cref="IDiskFile"/> offers.</summary>
public static class DiskFileExtensions
{
    /// <summary>Reads until the buffer is full or the file ends; returns how many bytes there were.</summary>
    public static int ReadFully(this IDiskFile file, Span<byte> destination, long offset)
    {
        int total = 0;
        while (total < destination.Length)
        {
            int read = file.Read(destination[total..], offset + total);
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
            throw new IOException($"'{path}' has {length} bytes; at most {maxBytes} are expected there.");
        }

        var bytes = new byte[length];
        int read = file.ReadFully(bytes, 0);
        return read == length ? bytes : bytes[..read];
    }
}
