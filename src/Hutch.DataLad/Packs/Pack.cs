using Hutch.DataLad.Objects;

namespace Hutch.DataLad.Packs;

/// <summary>A finished pack in an unnamed file. Senders lease it, as the cache may drop it; the last lease closes the file.</summary>
internal sealed class Pack(IDiskFile file, long bodyBytes, byte[] head, byte[] trailer, int objects)
{
    private readonly Lock _gate = new();
    private int _users = 1;

    /// <summary>All of it, bytes.</summary>
    public long Length => head.Length + bodyBytes + trailer.Length;

    /// <summary>The SHA-1 at its end.</summary>
    public ObjectId Id => new(trailer);

    public int Objects => objects;

    /// <summary>Returns true if it is leased now; false if it was closed before.</summary>
    public bool TryLease()
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    public void Release()
    {
        lock (_gate)
        {
            if (--_users == 0)
            {
                file.Dispose();
            }
        }
    }

    /// <summary>Reads as much as fits from a place in it; 0 at its end.</summary>
    public int Read(Span<byte> destination, long offset)
    {
        if (offset < head.Length)
        {
            return Copy(head, (int)offset, destination);
        }

        long inBody = offset - head.Length;
        if (inBody < bodyBytes)
        {
            return file.Read(destination[..(int)Math.Min(destination.Length, bodyBytes - inBody)], inBody);
        }

        return Copy(trailer, (int)(inBody - bodyBytes), destination);
    }

    private static int Copy(byte[] from, int at, Span<byte> destination)
    {
        int length = Math.Min(from.Length - at, destination.Length);
        from.AsSpan(at, length).CopyTo(destination);
        return length;
    }
}
